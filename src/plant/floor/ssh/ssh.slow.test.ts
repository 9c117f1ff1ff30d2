import { appendFile, chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isRunning, pidsIn, startSh } from '../../../../kit/floor/index.ts';
import { makeKey, sshProcesses, startSshd } from '../../../../test/remote/sshd.ts';
import type { Sshd, SshdOptions } from '../../../../test/remote/sshd.ts';
import type { Egress, EgressRefusal } from '../../../core/ports/egress.ts';
import type { Command, Floor, ProcessRef, ProcessResult, Workspace } from '../../../core/ports/floor.ts';
import { sshFloor } from './ssh-floor.ts';
import type { SshFloorOptions } from './ssh-floor.ts';

interface Scene {
  readonly folder: string;
  readonly sshd: Sshd;
  readonly floor: Floor;
  /** Another floor of the same machine, as another life of the factory would have it; `isUnnamed` names no folder there. */
  again(more?: Partial<SshFloorOptions> & { readonly isUnnamed?: boolean }): Floor;
}

const noWayOut: Egress = { serve: () => Promise.reject(new Error('there is no way out')) };

async function makeScene({ more = {}, ...options }: SshdOptions & { more?: Partial<SshFloorOptions> } = {}): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), 'jidoka-ssh-'));
  await chmod(folder, 0o711);
  const sshd = await startSshd(folder, options);
  const floors: Floor[] = [];
  const again: Scene['again'] = ({ isUnnamed = false, ...other } = {}) => {
    const floor = sshFloor({
      host: sshd.host,
      sshOptions: sshd.sshOptions,
      ...(!isUnnamed && { root: join(folder, 'work') }),
      folder: join(folder, 'sockets'),
      floor: 'host',
      env: process.env,
      log: () => undefined,
      egress: noWayOut,
      ...more,
      ...other,
    });
    floors.push(floor);
    return floor;
  };
  onTestFinished(async () => {
    for (const floor of floors) await floor.close();
    await sshd.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  });
  return { folder, sshd, floor: again(), again };
}

const sleeps: Command = {
  argv: ['sh', '-c', 'sleep 60 & echo $! > child; echo $$ > shell; wait'],
  cwd: '',
  timeoutMs: 90_000,
  network: 'none',
};

function attach(workspace: Workspace, ref: ProcessRef): Promise<ProcessResult | 'gone'> {
  return workspace.attach(ref, { timeoutMs: 90_000, signal: new AbortController().signal });
}

async function attached(floor: Floor, { ref }: Workspace): Promise<Workspace> {
  const found = await floor.attach(ref);
  if (found.kind !== 'attached') throw new Error(`it is ${found.kind}`);
  return found.workspace;
}

describe('a machine reached over ssh', () => {
  test('is proved by itself, and not called another machine where it is this one', async () => {
    const { floor, again } = await makeScene({ more: { region: 'attic' } });
    const kernel = { claim: 'kernel.other', state: 'refuted' };
    expect(await floor.probe()).toMatchObject({
      kind: 'ssh',
      tier: 'T0',
      wall: 'none',
      host: hostname(),
      region: 'attic',
      claims: [kernel],
      caveats: expect.arrayContaining([expect.stringContaining('is this machine')]),
    });
    const walled = await again({ floor: 'sandbox' }).probe();
    expect(walled).toMatchObject({ kind: 'ssh', tier: 'T2', wall: expect.stringMatching(/^(bubblewrap|namespaces) over ssh$/) });
    expect(walled.claims).toContainEqual(expect.objectContaining({ claim: 'net.devices.none', state: 'proved' }));
  });

  test('has its ways out served by the factory', async () => {
    const refusals: EgressRefusal[] = [];
    const egress: Egress = {
      async serve({ socket, job, refused }) {
        const server = createServer((request, response) => {
          refused({ request: `GET ${request.url}`, why: 'a test' });
          response.end(`heard ${job} ${request.url}`);
        });
        await new Promise<void>((resolve) => void server.listen(socket, () => resolve()));
        return {
          allow: () => undefined,
          environment: (port) => ({ WAY_OUT: `http://127.0.0.1:${port}/` }),
          usage: () => ({ requests: 0, refused: 0, bytesIn: 0, bytesOut: 0 }),
          close: async () => void server.close().closeAllConnections(),
        };
      },
    };
    const { floor } = await makeScene({ more: { floor: 'sandbox', egress, log: (line) => refusals.push({ request: line, why: '' }) } });
    const workspace = await floor.open('one');
    const program = `fetch(process.env.WAY_OUT + 'path').then((r) => r.text()).then(console.log, (e) => console.log(e.cause?.code))`;
    const run = (network: Command['network']): Promise<ProcessResult> =>
      workspace.spawn({ argv: ['node', '-e', program], cwd: '', timeoutMs: 20_000, network });
    expect((await run('registry')).stdout).toBe('heard one /path\n');
    expect((await run('none')).stdout).not.toContain('heard');
    expect((await workspace.usage()).refusals).toEqual([{ request: 'GET /path', why: 'a test' }]);
    expect(refusals.some(({ request }) => /127\.0\.0\.1:\d+: one was refused GET \/path/.test(request))).toBe(true);
    await workspace.destroy();
  });

  test('keeps its floor apart for each factory where no folder is named', async () => {
    const { folder, again } = await makeScene();
    const roots: string[] = [];
    for (const name of ['a', 'b', 'a']) {
      const floor = again({ folder: join(folder, name), isUnnamed: true });
      const workspace = await floor.open('one');
      roots.push(workspace.root);
      await workspace.destroy();
    }
    onTestFinished(async () => {
      for (const root of roots) await rm(join(root, '../../..'), { recursive: true, force: true });
    });
    expect(roots[0]).toBe(roots[2]);
    expect(roots[0]).not.toBe(roots[1]);
  });
});

describe('a machine that does not become a runner', () => {
  const told = (floor: Floor): Promise<{ code: string; message: string; mend: string }> =>
    floor.probe().then(
      () => Promise.reject(new Error('it was reached')),
      (error: { code: string; message: string; mend: string }) => error,
    );

  test('is told apart: nobody listens, no name, an unknown host, another host key, no right key', async () => {
    const { sshd, folder, again } = await makeScene();
    const nobody = again({ host: sshd.host.replace(/:\d+$/, ':1') });
    expect(await told(nobody)).toMatchObject({
      code: 'floor-unreachable',
      message: expect.stringMatching(/:1 refuses the connection: no sshd listens/),
    });
    expect(await told(again({ host: 'nowhere.invalid' }))).toMatchObject({
      message: expect.stringMatching(/has no address|does not answer/),
    });

    const empty = join(folder, 'empty');
    await writeFile(empty, '');
    const unknown = again({ sshOptions: ['-o', `UserKnownHostsFile=${empty}`, ...sshd.sshOptions] });
    expect(await told(unknown)).toMatchObject({
      message: expect.stringContaining('is not known yet'),
      mend: expect.stringContaining('accept it once by hand'),
    });
    expect(await readFile(empty, 'utf8')).toBe('');

    makeKey(join(folder, 'other_key'));
    const [type, key] = (await readFile(join(folder, 'other_key.pub'), 'utf8')).split(' ');
    await writeFile(empty, `${(await readFile(sshd.knownHosts, 'utf8')).split(' ')[0]} ${type} ${key}\n`);
    expect(await told(unknown)).toMatchObject({
      message: expect.stringContaining('another host key'),
      mend: expect.stringContaining('do not go on'),
    });

    const stranger = again({ sshOptions: sshd.sshOptions.map((word) => word.replace(/user_key$/, 'other_key')) });
    expect(await told(stranger)).toMatchObject({
      message: expect.stringContaining('does not take the key'),
      mend: expect.stringContaining('authorized_keys'),
    });
  });

  test('is told what it lacks: Node.js, a newer one, git, room for the runner, a shell, ssh here', async () => {
    const { folder, again } = await makeScene();
    const script = async (name: string, text: string): Promise<string> => {
      await writeFile(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
      return join(folder, name);
    };
    expect(await told(again({ node: 'no-such-node' }))).toMatchObject({
      message: expect.stringContaining('has no Node.js'),
      mend: expect.stringMatching(/On .*: install Node\.js 20\.19/),
    });
    expect(await told(again({ node: await script('old', 'echo "jidoka-runner old-node v16.3.0"; exit 1') }))).toMatchObject({
      message: expect.stringContaining('Node.js v16.3.0, which is too old'),
    });
    expect(await told(again({ node: await script('gitless', `PATH=/nowhere exec ${process.execPath} "$@"`) }))).toMatchObject({
      code: 'git-missing',
      message: expect.stringMatching(/^On .*@/),
      mend: expect.stringMatching(/^On .*apt-get install git/),
    });
    expect(await told(again({ node: await script('full', `XDG_CACHE_HOME=${folder}/full exec ${process.execPath} "$@"`) }))).toMatchObject({
      message: expect.stringContaining('could not take the runner'),
      mend: expect.stringContaining('room'),
    });
    expect(await told(again({ node: await script('shellless', 'echo This account is currently not available.') }))).toMatchObject({
      message: expect.stringContaining('This account is currently not available'),
    });
    expect(await told(again({ env: { PATH: '/nowhere' } }))).toMatchObject({
      message: expect.stringContaining('this machine has no ssh'),
      mend: expect.stringContaining('openssh-client'),
    });
  });

  test.each(['-oProxyCommand=touch x', '', 'a b', 'a@-b', 'host:port'])('%j is no host, as is said at once', (host) => {
    const make = (): Floor => sshFloor({ host, folder: '/tmp', env: {}, log: () => undefined, egress: noWayOut });
    expect(make).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  test('says what it has to say, and is found behind what its shells say', async () => {
    const { folder, floor } = await makeScene({ settings: ['PermitUserEnvironment no'] });
    await appendFile(join(folder, '.bashrc'), 'echo Welcome to this machine\n');
    expect((await floor.probe()).kind).toBe('ssh');
  });
});

describe('where ssh breaks', () => {
  test('a command under way is out of reach, and soon no process of it is alive over there', async () => {
    const { floor } = await makeScene();
    const workspace = await floor.open('one');
    const running = workspace.spawn(sleeps);
    const pids = await pidsIn(workspace, ['shell', 'child']);
    const [ssh = 0, ...others] = sshProcesses();
    expect(others).toEqual([]);
    process.kill(ssh, 'SIGKILL');
    await expect(running).rejects.toMatchObject({ code: 'floor-unreachable', mend: expect.stringContaining('ssh ') });
    for (const pid of pids) await expect.poll(() => isRunning(pid), { timeout: 5_000 }).toBe(false);
    await workspace.destroy();
  });

  test('a workspace is out of reach while sshd is, and then there with all that its started command said', async () => {
    const { floor, again, sshd } = await makeScene();
    const workspace = await floor.open('one');
    const ref = await startSh(workspace, 'echo before; while [ ! -e go ]; do sleep 0.05; done; echo after; exit 7');
    const waiting = attach(workspace, ref).catch((error: unknown) => error);
    await sshd.stop();
    expect(await waiting).toMatchObject({ code: 'floor-unreachable' });
    const later = again();
    expect(await later.attach(workspace.ref)).toEqual({ kind: 'unreachable', why: expect.stringContaining('refuses the connection') });
    await expect(workspace.files.read('x')).rejects.toMatchObject({ code: 'floor-unreachable' });
    expect(isRunning(ref.pid)).toBe(true);
    await sshd.start();
    const found = await attached(later, workspace);
    await found.files.write('go', '');
    expect(await attach(found, ref)).toMatchObject({ exit: { kind: 'exited', code: 7 }, stdout: 'before\nafter\n' });
    await found.destroy();
    expect(await later.attach(workspace.ref)).toEqual({ kind: 'gone' });
  });

  test('closing the floor ends ssh and what runs over there, and leaves workspaces', async () => {
    const { floor, again, folder } = await makeScene();
    const workspace = await floor.open('one');
    const running = workspace.spawn(sleeps).catch((error: unknown) => error);
    const pids = await pidsIn(workspace, ['shell', 'child']);
    await floor.close();
    for (const pid of pids) expect(isRunning(pid)).toBe(false);
    await expect.poll(() => sshProcesses(), { timeout: 5_000 }).toEqual([]);
    expect(await running).toMatchObject({ code: 'floor-unreachable' });
    expect((await stat(workspace.root)).isDirectory()).toBe(true);
    expect((await again().list()).map(({ state }) => state)).toEqual(['stray']);
    expect((await again().reap()).removed).toHaveLength(1);
    expect(folder).not.toBe('');
  });
});
