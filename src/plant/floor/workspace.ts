import { stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { JidokaError } from '../../core/base/error.ts';
import type { AttachOptions, Command, Conversation, ProcessRef, ProcessResult, Workspace, WorkspaceUsage } from '../../core/ports/floor.ts';
import { pathRefused } from './fault.ts';
import type { Ground } from './ground.ts';
import type { Layer } from './layers/layer.ts';
import type { Place } from './place/places.ts';
import type { Order } from './spawn/order.ts';
import { converseWith, runCommand } from './spawn/run-command.ts';
import type { CommandSurroundings } from './spawn/run-command.ts';
import { attachKept, startKept } from './started/index.ts';
import type { Budget } from './budget/index.ts';
import { exposePort } from './expose/expose-port.ts';
import { workspaceFiles } from './files/workspace-files.ts';

/** What a workspace of this host is made of. */
export interface WorkspaceParts {
  readonly ground: Ground;
  readonly place: Place;
  readonly layer: Layer;
  /** What its commands may use, opened when the first runs. */
  readonly budget: () => Promise<Budget>;
  readonly remove: () => Promise<void>;
}

const mostOutputBytes = 256 * 1024 * 1024;

/** A workspace on this host, in folders that exist. */
export function hostWorkspace(parts: WorkspaceParts): Workspace {
  const { place, ground, layer } = parts;
  const converse = (command: Command): Promise<Conversation> => converseIn(parts, command);
  const tree = { root: place.tree, base: layer.git, converse };
  return {
    name: place.name,
    ref: { floor: ground.proof.kind, host: hostname(), name: place.name },
    root: place.tree,
    scratch: place.scratch,
    files: workspaceFiles({ at: layer.at, seenAs: place.tree, user: ground.confines.userOf(place) }),
    spawn: (command) => spawnIn(parts, command),
    converse,
    start: (command) => startIn(parts, command),
    attach: (process, options) => attachIn(parts, process, options),
    seed: (source) => source.plant(tree),
    harvest: (sink) => sink.take(tree),
    expose: (port) => exposePort(ground.confines.reach(place, port), join(place.space, `exposed-${port}`)),
    usage: () => usageOf(parts),
    destroy: parts.remove,
  };
}

async function spawnIn(parts: WorkspaceParts, command: Command): Promise<ProcessResult> {
  const ready = await enclosed(parts, command);
  if (ready === null) return noFolder(command.cwd);
  return ready.judge(await runCommand({ ...command, ...ready.start }, ready.around));
}

async function converseIn(parts: WorkspaceParts, command: Command): Promise<Conversation> {
  const ready = await enclosed(parts, command);
  if (ready === null)
    return { output: silence(), write: async () => undefined, end: () => undefined, result: Promise.resolve(noFolder(command.cwd)) };
  const conversation = await converseWith({ ...command, ...ready.start }, ready.around);
  return { ...conversation, result: conversation.result.then(ready.judge) };
}

/** What this floor counts. */
async function usageOf({ place, ground, budget }: WorkspaceParts): Promise<WorkspaceUsage> {
  const held = await budget();
  const [used, diskBytes] = await Promise.all([held.usage(), held.diskBytes()]);
  return { ...used, diskBytes, refusals: ground.confines.refusals(place) };
}

async function* silence(): AsyncGenerator<Uint8Array> {
  // Where nothing was started nothing is said.
}

interface Ready {
  readonly judge: (result: ProcessResult) => Promise<ProcessResult>;
  readonly start: Pick<Command, 'argv'> & { readonly env: Readonly<Record<string, string>> };
  readonly around: CommandSurroundings;
}

/** What is to be started for a command, and with what around it; null where its folder is not there. */
async function enclosed({ ground, place, layer, budget }: WorkspaceParts, command: Command): Promise<Ready | null> {
  const cwd = await folderIn(place, command.cwd);
  if (!(await isFolder(join(layer.at, command.cwd)))) return null;
  const { argv, env } = await ground.confines.enclose({ place, layer }, command, cwd);
  const user = ground.confines.userOf(place);
  const held = await budget();
  const entered = held.enclose(layer.enter({ argv, user }));
  const endsWith = ground.confines.leavesNothing ? (user?.uid ?? process.getuid?.() ?? null) : null;
  // The folder of a tree that is mounted for its commands alone is not there for others.
  const start = layer.method === 'overlay' ? place.tree : cwd;
  const around = {
    endsWith,
    spent: held.spent,
    job: place.job,
    see: ground.see,
    clock: ground.options.clock,
    cwd: start,
    user: entered.user,
  };
  const judge = (result: ProcessResult): Promise<ProcessResult> => held.judge(ground.confines.resultOf(result));
  return { judge, start: { argv: entered.argv, env }, around };
}

async function attachIn(
  { ground, place, budget }: WorkspaceParts,
  process: ProcessRef,
  options: AttachOptions,
): Promise<ProcessResult | 'gone'> {
  const held = await budget();
  const result = await attachKept(process, options, { started: place.started, job: place.job, see: ground.see, spent: held.spent });
  return result === 'gone' ? result : await held.judge(ground.confines.resultOf(result));
}

async function startIn(parts: WorkspaceParts, command: Command): Promise<ProcessRef> {
  const { ground, place, layer } = parts;
  const ready = await enclosed(parts, command);
  const limits = { timeoutMs: command.timeoutMs, mostOutputBytes: ground.options.mostOutputBytes ?? mostOutputBytes };
  // Where the folder is missing, the keeper finds that out too, and its result says so.
  const order = ready === null ? { argv: command.argv, env: {}, cwd: join(layer.at, command.cwd), user: null } : orderOf(ready);
  return startKept({ started: place.started, job: place.job, order: { ...order, ...limits }, clock: ground.options.clock });
}

function orderOf({ start, around }: Ready): Pick<Order, 'argv' | 'env' | 'cwd' | 'user'> {
  return { ...start, cwd: around.cwd, user: around.user };
}

/** The folder a command is to run in; throws where the workspace is gone or the folder would be outside of it. */
async function folderIn(place: Place, folder: string): Promise<string> {
  if (!(await isFolder(place.tree))) throw gone(place);
  const cwd = join(place.tree, folder);
  if (cwd !== place.tree && !cwd.startsWith(`${place.tree}/`)) throw pathRefused(folder, 'it leads out of the workspace');
  return cwd;
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function noFolder(cwd: string): ProcessResult {
  const message = `there is no folder ${JSON.stringify(cwd)} in the workspace`;
  return { exit: { kind: 'not-started', message }, stdout: '', stderr: '', truncated: false, durationMs: 0 };
}

function gone({ name, tree }: Place): JidokaError {
  return new JidokaError('workspace-failed', `The workspace ${name} is gone: there is no folder ${tree}.`, {
    mend: 'Open it anew and do the stage again.',
  });
}
