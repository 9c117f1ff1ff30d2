import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isRunning, pidsIn, startSh } from '../../../../kit/floor/index.ts';
import { connectByPipe, pipeFloor } from '../../../../test/remote/pipe-floor.ts';
import type { Command, Floor, ProcessRef, ProcessResult, Workspace } from '../../../core/ports/floor.ts';
import type { Connection, FloorOverOptions, Wire } from './index.ts';

interface Scene {
  readonly folder: string;
  readonly floor: Floor;
  /** Runners that were started for the floor, the last one last. */
  readonly runners: readonly (Connection & { readonly pid: number })[];
}

async function makeScene(more: Partial<FloorOverOptions> = {}): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), 'jidoka-wire-'));
  await chmod(folder, 0o711);
  return sceneIn(folder, more);
}

function sceneIn(folder: string, more: Partial<FloorOverOptions> = {}): Scene {
  const runners: Scene['runners'][number][] = [];
  const connect = async (): Promise<Connection> => {
    const connection = await connectByPipe(folder);
    runners.push(connection);
    return connection;
  };
  const floor = pipeFloor({ floor: 'host', folder, more: { connect, ...more } });
  onTestFinished(async () => {
    await floor.close();
    for (const { pid } of runners) await expect.poll(() => isRunning(pid), { timeout: 20_000 }).toBe(false);
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  });
  return { folder, floor, runners };
}

const sleeps: Command = {
  argv: ['sh', '-c', 'sleep 60 & echo $! > child; echo $$ > shell; wait'],
  cwd: '',
  timeoutMs: 60_000,
  network: 'none',
};

function attach(workspace: Workspace, ref: ProcessRef): Promise<ProcessResult | 'gone'> {
  return workspace.attach(ref, { timeoutMs: 60_000, signal: new AbortController().signal });
}

/** A line that can be cut without either side being told. */
function mutable({ wire, ...more }: Connection): { readonly connection: Connection; readonly mute: () => void } {
  let isMute = false;
  async function* output(): AsyncGenerator<Uint8Array> {
    for await (const chunk of wire.output) if (!isMute) yield chunk;
  }
  const write: Wire['write'] = async (chunk) => (isMute ? undefined : wire.write(chunk));
  const drop: Wire['drop'] = () => (isMute ? undefined : wire.drop());
  return { connection: { ...more, wire: { ...wire, output: output(), write, drop } }, mute: () => void (isMute = true) };
}

describe('where a wire breaks', () => {
  test('a command under way fails as out of reach, its processes end over there, and its workspace is used on', async () => {
    const { floor, runners } = await makeScene();
    const workspace = await floor.open('one');
    await workspace.files.write('kept', 'still here');
    const running = workspace.spawn(sleeps);
    const talking = await workspace.converse({ ...sleeps, argv: ['sh', '-c', 'echo $$ > talker; cat'] });
    const pids = await pidsIn(workspace, ['shell', 'child', 'talker']);
    runners[0]?.wire.drop();
    await expect(running).rejects.toMatchObject({ code: 'floor-unreachable', mend: 'Look at the runner.' });
    await expect(talking.result).rejects.toMatchObject({ code: 'floor-unreachable' });
    for (const pid of pids) await expect.poll(() => isRunning(pid), { timeout: 5_000 }).toBe(false);
    expect(await workspace.files.read('kept')).toBe('still here');
    expect(runners).toHaveLength(2);
    await workspace.destroy();
    expect((await floor.list()).filter(({ state }) => state !== 'base')).toEqual([]);
  });

  test('a started command goes on, is waited for again, and its whole result is there', async () => {
    const { floor, runners } = await makeScene();
    const workspace = await floor.open('one');
    const ref = await startSh(workspace, 'echo before; while [ ! -e go ]; do sleep 0.05; done; echo after; exit 7');
    const waiting = attach(workspace, ref);
    runners[0]?.wire.drop();
    await expect(waiting).rejects.toMatchObject({ code: 'floor-unreachable' });
    expect(isRunning(ref.pid)).toBe(true);
    await workspace.files.write('go', '');
    expect(await attach(workspace, ref)).toMatchObject({ exit: { kind: 'exited', code: 7 }, stdout: 'before\nafter\n' });
    await workspace.destroy();
  });

  test('a runner that was killed is a wire that broke', async () => {
    const { floor, runners } = await makeScene();
    const workspace = await floor.open('one');
    const running = workspace.spawn(sleeps);
    const pids = await pidsIn(workspace, ['shell', 'child']);
    process.kill(runners[0]?.pid ?? 0, 'SIGKILL');
    await expect(running).rejects.toMatchObject({ code: 'floor-unreachable', message: expect.stringContaining('ended') });
    await workspace.destroy();
    for (const pid of pids) expect(isRunning(pid)).toBe(false);
  });

  test('a runner that says nothing is a wire that broke, and one that is told nothing ends by itself', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'jidoka-wire-'));
    await chmod(folder, 0o711);
    const links: (() => void)[] = [];
    const pids: number[] = [];
    const { floor } = sceneIn(folder, {
      beat: { everyMs: 100, mostMissed: 5 },
      async connect() {
        const { pid, ...link } = await connectByPipe(folder);
        const { connection, mute } = mutable(link);
        links.push(mute);
        pids.push(pid);
        return connection;
      },
    });
    const workspace = await floor.open('one');
    const running = workspace.spawn(sleeps);
    const processes = await pidsIn(workspace, ['shell', 'child']);
    links[0]?.();
    await expect(running).rejects.toMatchObject({
      code: 'floor-unreachable',
      message: expect.stringContaining('nothing was heard for 0.6 s'),
    });
    // The old runner holds the workspace still: asked for a sign of its factory it finds none, and ends with what it ran.
    await workspace.destroy();
    for (const pid of processes) expect(isRunning(pid)).toBe(false);
    await expect.poll(() => isRunning(pids[0] ?? 0), { timeout: 10_000 }).toBe(false);
  });
});

describe('where there is no way to a runner', () => {
  test('a remembered workspace is out of reach, not gone, until it is reached again', async () => {
    const { folder, floor } = await makeScene();
    const workspace = await floor.open('one');
    const ref = await startSh(workspace, 'echo said; exit 5');
    let isDown = true;
    const later = sceneIn(folder, {
      connect: () => (isDown ? Promise.reject(new Error('the line is dead')) : connectByPipe(folder)),
    }).floor;
    await floor.close();
    expect(await later.attach(workspace.ref)).toEqual({ kind: 'unreachable', why: expect.stringContaining('the line is dead') });
    await expect(later.open('two')).rejects.toMatchObject({ code: 'floor-unreachable', mend: 'Look at the runner.' });
    await expect(later.probe()).rejects.toMatchObject({ code: 'floor-unreachable' });
    isDown = false;
    const found = await later.attach(workspace.ref);
    if (found.kind !== 'attached') throw new Error(`it is ${found.kind}`);
    expect(await attach(found.workspace, ref)).toMatchObject({ exit: { kind: 'exited', code: 5 }, stdout: 'said\n' });
    expect(await later.attach({ ...workspace.ref, name: 'never' })).toEqual({ kind: 'gone' });
    await found.workspace.destroy();
  });

  test('a workspace that stands elsewhere is not called gone', async () => {
    const { floor } = await makeScene();
    const elsewhere = { floor: 'pipe', host: 'elsewhere.example', name: 'one' };
    expect(await floor.attach(elsewhere)).toEqual({ kind: 'unreachable', why: expect.stringContaining('elsewhere.example') });
  });

  test('who connects to nobody waits no longer than he may', async () => {
    const mute = { output: (async function* () {})(), write: async () => undefined, end: () => undefined, drop: () => undefined };
    const { floor } = await makeScene({
      connectMs: 200,
      connect: async () => ({ wire: { ...mute, output: silence() }, complaint: () => 'no route' }),
    });
    await expect(floor.list()).rejects.toMatchObject({
      code: 'floor-unreachable',
      message: expect.stringContaining('within 0.2 s (no route)'),
    });
  });

  test('one connection is made for all who ask at once', async () => {
    const { floor, runners, folder } = await makeScene();
    await Promise.all([floor.probe(), floor.list(), floor.open('one'), floor.open('two')]);
    expect(runners).toHaveLength(1);
    expect(await readdir(join(folder, 'cache', 'jidoka', 'runner'))).toHaveLength(1);
  });
});

async function* silence(): AsyncGenerator<Uint8Array> {
  await new Promise(() => undefined);
  yield new Uint8Array(0);
}
