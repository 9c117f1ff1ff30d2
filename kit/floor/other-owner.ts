import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { Attached, BaseRef, Command, Floor, ProcessRef, Workspace, WorkspaceRef } from '../../src/core/ports/floor.ts';

/** A factory in a process of its own, to be killed with what it owns. */
export interface OtherOwner {
  /** Opens a workspace and starts a command in it. */
  start(name: string, command: Command): Promise<ProcessRef>;
  /** Starts a command in a workspace that it has opened before. */
  beside(name: string, command: Command): Promise<ProcessRef>;
  /** Opens a workspace and runs a command in it without waiting for its end, but for a file named `ready`; its root. */
  spawn(name: string, command: Command, base?: BaseRef): Promise<string>;
  /** Adopts a workspace: 'adopted', 'gone', or the code of what it threw. */
  adopt(name: string): Promise<string>;
  /** Ends it by SIGKILL, once. */
  kill(): Promise<void>;
}

const Ref = z.strictObject({ id: z.string(), pid: z.number(), life: z.string(), startedAt: z.string() });
const Answer = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('started'), ref: Ref }),
  z.strictObject({ kind: z.literal('said'), text: z.string() }),
]);
type Answer = z.infer<typeof Answer>;

/**
 * Starts an owner: `program` is the text of a module for node that calls `serveOwner` with the same floor in another process.
 * It is kept below `folder`, in a file of its own: one that is written anew while another owner reads it is empty to him.
 */
export async function otherOwner(folder: string, program: string): Promise<OtherOwner> {
  const file = join(folder, `owner-${randomUUID()}.mjs`);
  await writeFile(file, program);
  const child = spawn(process.execPath, [file], { stdio: ['pipe', 'pipe', 'inherit'] });
  const gone = new Promise<string>((resolve) => child.once('exit', (code, signal) => resolve(String(signal ?? code))));
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (order: Order): Promise<Answer> => {
    child.stdin.write(`${JSON.stringify(order)}\n`);
    const line = await answers.next();
    if (line.done === true) throw new Error(`the other owner ended (${await gone}) without an answer to ${JSON.stringify(order)}`);
    return Answer.parse(JSON.parse(line.value));
  };
  return {
    start: async (name, command) => refOf(await ask({ kind: 'start', name, command })),
    beside: async (name, command) => refOf(await ask({ kind: 'beside', name, command })),
    spawn: async (name, command, base) => textOf(await ask({ kind: 'spawn', name, command, ...(base === undefined ? {} : { base }) })),
    adopt: async (name) => textOf(await ask({ kind: 'adopt', name })),
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/**
 * Starts an owner whose program may `load` modules of this repository, as they were built, and calls `serveOwner`.
 *
 * @example
 * await otherBuilt(folder, `const { hostFloor } = await load('src/plant/floor/index.js'); await serveOwner(hostFloor(…));`);
 */
export function otherBuilt(folder: string, serves: string): Promise<OtherOwner> {
  // This file runs from `kit/floor` and, compiled, from `dist/kit/floor`.
  const built = new URL(/[\\/]dist[\\/]kit[\\/]/.test(import.meta.filename) ? '../../' : '../../dist/', import.meta.url).href;
  return otherOwner(
    folder,
    `const load = (path) => import(${JSON.stringify(built)} + path);${serving('kit/floor/other-owner.js', serves)}`,
  );
}

/**
 * The same with modules that are never built, such as tests; node before 22 does not read TypeScript, so vite loads them, which takes
 * it seconds.
 */
export async function otherLoading(folder: string, serves: string): Promise<OtherOwner> {
  const vite = {
    configFile: false,
    cacheDir: join(folder, '.vite'),
    logLevel: 'error',
    server: { middlewareMode: true, ws: false, watch: null },
  };
  return otherOwner(
    folder,
    `
    import { createViteServer } from ${JSON.stringify(import.meta.resolve('vitest/node'))};
    const vite = await createViteServer(${JSON.stringify(vite)});
    const load = (file) => vite.ssrLoadModule(file);${serving(import.meta.filename, serves)}
  `,
  );
}

function serving(self: string, serves: string): string {
  return `
    const { serveOwner } = await load(${JSON.stringify(self)});
    const clock = { now: () => new Date().toISOString(), monotonicMs: () => performance.now() };
    ${serves}`;
}

function refOf(answer: Answer): ProcessRef {
  if (answer.kind !== 'started') throw new Error(`the other owner started nothing: ${answer.text}`);
  return answer.ref;
}

function textOf(answer: Answer): string {
  return answer.kind === 'said' ? answer.text : answer.ref.id;
}

type Order =
  | { readonly kind: 'start' | 'spawn' | 'beside'; readonly name: string; readonly command: Command; readonly base?: BaseRef }
  | { readonly kind: 'adopt'; readonly name: string };

/** What the other process does: it obeys orders on stdin, one a line, and lives until it is killed or stdin ends. */
export async function serveOwner(floor: Floor): Promise<void> {
  const opened = new Map<string, Workspace>();
  for await (const line of createInterface({ input: process.stdin })) {
    const answer = await obey(floor, opened, JSON.parse(line) as Order); // written by `otherOwner` above
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
  await floor.close();
}

async function obey(floor: Floor, opened: Map<string, Workspace>, order: Order): Promise<Answer> {
  if (order.kind === 'adopt') {
    const ref = await namedOn(floor, order.name);
    return { kind: 'said', text: await floor.attach(ref).then(adoption, (error: { readonly code: string }) => error.code) };
  }
  const workspace =
    (order.kind === 'beside' ? opened.get(order.name) : null) ??
    (await floor.open(order.name, order.base === undefined ? {} : { base: order.base }));
  opened.set(order.name, workspace);
  if (order.kind !== 'spawn') return { kind: 'started', ref: await workspace.start(order.command) };
  void workspace.spawn(order.command);
  while ((await workspace.files.read('ready')) === null) await wait(20);
  return { kind: 'said', text: workspace.root };
}

/** How a floor names what may stand on it: as it names all that does. */
export async function namedOn(floor: Floor, name: string): Promise<WorkspaceRef> {
  const [one] = await floor.list();
  if (one === undefined) throw new Error('Nothing stands on the floor to take its names from.');
  return { ...one.ref, name };
}

function adoption({ kind }: Attached): string {
  return kind === 'attached' ? 'adopted' : kind;
}
