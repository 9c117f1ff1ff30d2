import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, openSync, readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import Dockerode from 'dockerode';

/** A container engine that this test started, with an image made of this machine's own programs. */
export interface EngineUnderTest {
  readonly kind: 'docker' | 'podman';
  /** 'unix:///tmp/…/engine.sock'. */
  readonly address: string;
  readonly image: string;
  readonly api: Dockerode;
  /** Stops its process, so that it answers nobody, until `wake`. */
  hush(): void;
  wake(): void;
  /** Ends it with all its containers, and removes everything it made. */
  end(): Promise<void>;
}

/** How an engine is started in a folder of its own. */
export interface EngineRecipe {
  readonly kind: EngineUnderTest['kind'];
  /** Programs that must be there, and how to get them. */
  readonly needs: readonly string[];
  readonly mend: string;
  readonly start: (
    folder: string,
    socket: string,
  ) => Promise<{ readonly argv: readonly [string, ...string[]]; readonly env: Readonly<Record<string, string>> }>;
  readonly image: (image: ImageFile, folder: string, api: Dockerode) => Promise<string>;
}

export interface ImageFile {
  readonly tar: string;
  /** 'jidoka-test:0123456789ab'. */
  readonly name: string;
  readonly changes: readonly string[];
}

/** Packs the image, or finds it packed; says so as JSON. */
const script = join(import.meta.dirname, '../../scripts/test-image.mjs');
const answerMs = 60_000;
const endMs = 20_000;

/** Starts an engine that nobody else uses. Throws, loudly, where it is not installed: a floor that was not tried is not green. */
export async function startEngine({ kind, needs, mend, start, image }: EngineRecipe): Promise<EngineUnderTest> {
  const missing = needs.filter((program) => !isInstalled(program));
  if (missing.length > 0) throw new Error(`The container floor cannot be tried on ${kind}: not installed: ${missing.join(', ')}. ${mend}`);
  // Short: sockets below it must stay within 107 bytes.
  const folder = await mkdtemp(join(tmpdir(), 'jd-'));
  const socket = join(folder, 'engine.sock');
  const { argv, env } = await start(folder, socket);
  const log = openSync(join(folder, 'log'), 'a');
  const child = spawn(argv[0], argv.slice(1), {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, ...env },
    detached: true,
    stdio: ['ignore', log, log],
  });
  const api = new Dockerode({ socketPath: socket });
  const end = (): Promise<void> => endEngine(child, folder, api);
  try {
    await untilItAnswers(api, child, folder);
    return {
      kind,
      address: `unix://${socket}`,
      image: await image(JSON.parse(await run([process.execPath, script])) as ImageFile, folder, api),
      api,
      hush: () => void child.kill('SIGSTOP'),
      wake: () => void child.kill('SIGCONT'),
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

function isInstalled(program: string): boolean {
  return ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'].some((folder) =>
    existsSync(join(folder, program)),
  );
}

async function untilItAnswers(api: Dockerode, child: ChildProcess, folder: string): Promise<void> {
  const until = performance.now() + answerMs;
  while (performance.now() < until && child.exitCode === null) {
    if (
      await api.ping().then(
        () => true,
        () => false,
      )
    )
      return;
    await wait(50);
  }
  throw new Error(`The engine did not come up (${child.exitCode}):\n${await readFile(join(folder, 'log'), 'utf8')}`);
}

/** What it started lives on without it: shims and monitors of containers, and what they mounted. */
async function endEngine(child: ChildProcess, folder: string, api: Dockerode): Promise<void> {
  child.kill('SIGCONT');
  const left = await api.listContainers({ all: true }).catch(() => []);
  await Promise.all(
    left.map(({ Id }) =>
      api
        .getContainer(Id)
        .remove({ force: true, v: true })
        .catch(() => undefined),
    ),
  );
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    await Promise.race([gone, wait(endMs, undefined, { ref: false })]);
  }
  for (let round = 0; round < 100; round += 1) {
    const pids = processesOf(folder);
    for (const pid of pids) tryTo(() => process.kill(pid, 'SIGKILL'));
    if (pids.length === 0) break;
    await wait(50);
  }
  for (const path of mountsBelow(folder)) await run(['umount', '-l', path]);
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
}

/** Every process that names the folder, which nobody but the engine and its own knows. */
function processesOf(folder: string): readonly number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.filter((pid) => (tryTo(() => readFileSync(`/proc/${pid}/cmdline`, 'latin1')) ?? '').includes(folder)).map(Number);
}

function mountsBelow(folder: string): readonly string[] {
  const paths = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');
  return paths.filter((path) => path.startsWith(`${folder}/`)).toReversed();
}

function tryTo<T>(act: () => T): T | null {
  try {
    return act();
  } catch {
    return null; // it is gone meanwhile
  }
}

/** Runs a tool to its end. Throws with what it said. */
export async function run([file, ...args]: readonly [string, ...string[]], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const child = spawn(file, args, { env: { PATH: process.env['PATH'] ?? '', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let [said, complained] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (said += String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => (complained += String(chunk)));
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${String(code)}: ${complained}`);
  return said;
}
