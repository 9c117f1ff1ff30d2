import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { JidokaError } from '../../core/base/error.ts';
import type { AttachOptions, Command, ProcessRef, ProcessResult, Workspace } from '../../core/ports/floor.ts';
import { pathRefused, workspaceFault } from './fault.ts';
import type { Ground } from './ground.ts';
import type { Place } from './places.ts';
import { runCommand } from './spawn/run-command.ts';
import { capture } from './spawn/spawn.ts';
import { attachKept, startKept } from './started/index.ts';
import { workspaceFiles } from './workspace-files.ts';

/** What a workspace of this host is made of. */
export interface WorkspaceParts {
  readonly ground: Ground;
  readonly place: Place;
  readonly remove: () => Promise<void>;
}

const mostOutputBytes = 256 * 1024 * 1024;

/** A workspace on this host, in folders that exist. */
export function hostWorkspace(parts: WorkspaceParts): Workspace {
  const { place, ground } = parts;
  return {
    name: place.name,
    root: place.tree,
    scratch: place.scratch,
    handOver: () => handOver(place.tree, parts),
    spawn: (command) => spawnIn(parts, command),
    start: (command) => startIn(parts, command),
    attach: (process, options) => attachIn(parts, process, options),
    ...workspaceFiles(place.tree, ground.confines.userOf(place)),
    destroy: parts.remove,
  };
}

/** Gives a folder and what is below it to the user of commands; links themselves, not what they point to. */
async function handOver(folder: string, { ground, place }: WorkspaceParts): Promise<void> {
  const user = ground.confines.userOf(place);
  if (user === null) return;
  const owner = `${user.uid}:${user.gid}`;
  const { code } = await capture({ argv: ['chown', '-RhP', owner, folder], cwd: '/', env: ground.account.tools, user: null });
  if (code !== 0) throw workspaceFault(new Error(`chown ended with ${code}`), `giving ${folder} to ${owner}`);
}

async function spawnIn(parts: WorkspaceParts, command: Command): Promise<ProcessResult> {
  const { ground, place } = parts;
  const cwd = await folderIn(place, command.cwd);
  if (!(await isFolder(cwd))) return noFolder(command.cwd);
  const around = { job: place.job, see: ground.see, clock: ground.options.clock };
  const { argv, env } = await ground.confines.enclose(place, command, cwd);
  const result = await runCommand({ ...command, argv, env }, { cwd, user: ground.confines.userOf(place), ...around });
  return ground.confines.resultOf(result);
}

async function attachIn({ ground, place }: WorkspaceParts, process: ProcessRef, options: AttachOptions): Promise<ProcessResult | 'gone'> {
  const result = await attachKept(process, options, { started: place.started, job: place.job, see: ground.see });
  return result === 'gone' ? result : ground.confines.resultOf(result);
}

async function startIn(parts: WorkspaceParts, command: Command): Promise<ProcessRef> {
  const { ground, place } = parts;
  const cwd = await folderIn(place, command.cwd);
  const limits = { timeoutMs: command.timeoutMs, mostOutputBytes: ground.options.mostOutputBytes ?? mostOutputBytes };
  const order = { ...(await ground.confines.enclose(place, command, cwd)), cwd, user: ground.confines.userOf(place), ...limits };
  return startKept({ started: place.started, job: place.job, order, clock: ground.options.clock });
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
