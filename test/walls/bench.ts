import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isRunning, plantOutside } from '../../kit/floor/index.ts';
import type { EscapePlace, Planted } from '../../kit/floor/index.ts';
import type { Command, ProcessExit, ProcessResult } from '../../src/core/ports/floor.ts';
import { notStarted } from '../../src/plant/floor/walls/index.ts';
import type { Confinement, Wall } from '../../src/plant/floor/walls/index.ts';
import { start } from './start.ts';
import type { Started } from './start.ts';

/** Far from the ids of people and services, as the floor's. */
export const user = process.getuid?.() === 0 ? { uid: 0x4000_0002, gid: 0x4000_0002 } : null;
/** PATH of commands. */
export const path = '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin';
/** No wall: what is refused behind a wall must succeed here, or the refusal says nothing. */
export const open: Pick<Wall, 'confine'> = { confine: ({ argv, env }) => ({ argv, env }) };

export interface Outcome {
  readonly exit: ProcessExit;
  readonly stdout: string;
  readonly stderr: string;
}

/** Everything of the host that a command may not reach, what it may, and how to start it. */
export interface Bench {
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  readonly writable: readonly string[];
  readonly tree: string;
  readonly planted: Planted;
  confinement(argv: Confinement['argv'], changes?: Partial<Confinement>): Confinement;
  /** As the floor starts it; besides, the factory's parent left it a folder of the host open, low and high, and a keyring. */
  start(wall: Pick<Wall, 'confine'>, command: Confinement, marked?: Readonly<Record<string, string>>): Started;
  run(wall: Pick<Wall, 'confine'>, command: Confinement): Promise<Outcome>;
  /** A start behind a wall stands for a workspace, which attempts to escape are made in. */
  place(wall: Pick<Wall, 'confine'>, kind: Wall['kind']): Promise<EscapePlace>;
  close(): Promise<void>;
}

export async function makeBench(): Promise<Bench> {
  const root = await mkdtemp(join(tmpdir(), 'jidoka-walls-'));
  await chmod(root, 0o755);
  const planted = await plantOutside({ folder: root, user });
  const writable = await foldersOf(join(root, 'one'), ['tree', 'home', 'tmp', 'scratch']);
  await foldersOf(root, ['readable']);
  await chmod(join(root, 'readable'), 0o777);
  const server = createServer((socket) => socket.on('error', () => undefined).end('planted'));
  server.listen({ path: join(root, 'one/out'), writableAll: true, readableAll: true });
  await once(server, 'listening');

  const tree = join(root, 'one/tree');
  const env = { PATH: path, HOME: join(root, 'one/home'), TMPDIR: join(root, 'one/tmp'), ROOT: root };
  const leftOpen = join(planted.env['ROOT'] ?? '', 'home');
  const bench: Bench = {
    root,
    env,
    writable,
    tree,
    planted,
    confinement: (argv, changes = {}) => {
      const readable = [join(root, 'readable'), ...toolsOf(process.execPath)];
      return { argv, cwd: tree, env, writable, readable, socket: null, ...changes };
    },
    start: (wall, command, marked = {}) => startBehind(wall, command, { leftOpen, key: planted.env['KEY'] ?? '', marked }),
    run: async (wall, command) => {
      const running = bench.start(wall, command);
      const exit = await running.ended;
      return { exit, ...(await running.collect()) };
    },
    place: (wall, kind) => placeBehind({ wall, kind }, bench),
    async close() {
      server.close();
      await planted.close();
      await rm(root, { recursive: true, force: true, maxRetries: 10 });
    },
  };
  return bench;
}

/** Folders of a Node.js that is not the system's. */
export function toolsOf(node: string): readonly string[] {
  const prefix = dirname(dirname(node));
  return [join(prefix, 'bin'), join(prefix, 'lib')];
}

/** Pids of the host's processes that have a mark in their command line. */
export async function runningWith(mark: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')));
  return pids.map(Number).filter((pid, index) => lines[index]?.includes(mark) === true && isRunning(pid));
}

interface Marks {
  readonly leftOpen: string;
  readonly key: string;
  readonly marked: Readonly<Record<string, string>>;
}

/** A session with a keyring that holds the planted key, as a login leaves one to all that it starts. */
const keyInSession = `my ($machine, $name) = splice @ARGV, 0, 2; my ($add, $ctl) = $machine eq 'x64' ? (248, 250) : (217, 219);
my ($type, $payload) = ('user', 'planted'); syscall($ctl, 1, 0) >= 0 or die "no session: $!"; syscall($add, $type, $name, $payload, 7, -3) >= 0 or die "no key: $!";
exec { $ARGV[0] } @ARGV or die "$ARGV[0]: $!";`;

function startBehind(wall: Pick<Wall, 'confine'>, command: Confinement, { leftOpen, key, marked }: Marks): Started {
  const { argv, env } = wall.confine(command);
  const inSession = ['perl', '-e', keyInSession, '--', process.arch, key] as const;
  const leaky = ['bash', '-c', 'exec 5<"$0" 23<"$0" && exec "$@"', leftOpen, ...(key === '' ? [] : inSession), ...argv] as const;
  return start({ argv: leaky, cwd: command.cwd, env: { PATH: path, ...env, ...marked }, user });
}

async function placeBehind({ wall, kind }: { wall: Pick<Wall, 'confine'>; kind: Wall['kind'] }, bench: Bench): Promise<EscapePlace> {
  const base = await mkdtemp(join(bench.root, 'place-'));
  await chmod(base, 0o755);
  const writable = await foldersOf(base, ['tree', 'home', 'tmp', 'scratch']);
  const [tree = '', home = '', tmp = ''] = writable;
  const readable = [join(bench.planted.env['ROOT'] ?? '', 'readable'), ...toolsOf(process.execPath)];
  return {
    root: tree,
    async spawn({ argv, env, signal, timeoutMs }: Command): Promise<ProcessResult> {
      const own = { PATH: `${path}:${dirname(process.execPath)}`, HOME: home, TMPDIR: tmp, ...env };
      const running = bench.start(wall, bench.confinement(argv, { cwd: tree, env: own, writable, readable }));
      const stop = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])]);
      const end = (): void => killGroup(running.group);
      stop.addEventListener('abort', end);
      const exit = await running.ended;
      stop.removeEventListener('abort', end);
      const said = await running.collect();
      const message = notStarted(kind, { exit, stderr: said.stderr });
      return { ...said, durationMs: 0, exit: message === null ? exit : { kind: 'not-started', message } };
    },
    destroy: () => rm(base, { recursive: true, force: true, maxRetries: 10 }),
  };
}

function killGroup(group: number | null): void {
  try {
    if (group !== null) process.kill(-group, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

async function foldersOf(base: string, names: readonly string[]): Promise<readonly string[]> {
  const folders = names.map((name) => join(base, name));
  for (const folder of folders) {
    await mkdir(folder, { recursive: true });
    if (user !== null) await chown(folder, user.uid, user.gid);
  }
  return folders;
}
