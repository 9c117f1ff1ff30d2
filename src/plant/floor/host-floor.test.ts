import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { deskDouble } from '../../../kit/egress/index.ts';
import { floorContract, isRunning, otherBuilt, pidsIn, startSh, wayOutContract } from '../../../kit/floor/index.ts';
import type { OtherOwner } from '../../../kit/floor/index.ts';
import { deskEgress } from '../../../test/floor/desk-egress.ts';
import type { Floor, ProcessRef, ProcessResult, Workspace } from '../../core/ports/floor.ts';
import type { EgressRoute } from '../../core/ports/egress.ts';
import { systemClock } from '../clock/index.ts';
import { floorRoot, hostFloor } from './index.ts';
import { thisOwner } from './place/owner.ts';

const mostOutputBytes = 3_000_000;
const asRoot = process.getuid?.() === 0;

async function makeFloor(env: Record<string, string | undefined> = process.env): Promise<{ floor: Floor; root: string }> {
  const root = await mkdtemp(join(tmpdir(), 'jidoka-floor-'));
  return { root, floor: hostFloor({ root, clock: systemClock(), env, log: () => undefined, mostOutputBytes }) };
}

const remove = (root: string): Promise<void> => rm(root, { recursive: true, force: true, maxRetries: 10 });

floorContract('host', async () => {
  const { floor, root } = await makeFloor();
  return { floor, end: () => remove(root), other: () => otherFactory(root) };
});

wayOutContract('host', async (desk) => {
  const root = await mkdtemp(join(tmpdir(), 'jidoka-floor-'));
  const egress = deskEgress(desk);
  return { floor: hostFloor({ root, egress, clock: systemClock(), env: process.env, log: () => undefined }), end: () => remove(root) };
});

describe('the way out of the host floor', () => {
  const desk = deskDouble();
  let root: string;
  const logged: string[] = [];
  const floorWith = (routes?: readonly EgressRoute[]): Floor => {
    const egress = deskEgress(desk);
    const log = (line: string): void => void logged.push(line);
    return hostFloor({ root, egress, clock: systemClock(), env: process.env, log, ...(routes && { routes }) });
  };
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'jidoka-floor-'));
    desk.reset();
    logged.length = 0;
  });
  afterEach(() => remove(root));
  const environmentIn = async (workspace: Workspace): Promise<Record<string, string>> => {
    const { stdout } = await workspace.spawn({ argv: ['env'], cwd: '', timeoutMs: 9_000, network: 'gateway' });
    return Object.fromEntries(stdout.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
  };
  const ping = { method: 'POST', body: '{"jsonrpc":"2.0","id":1,"method":"ping"}' };

  test('is at one port for the life of the workspace, and npm finds registries as before', async () => {
    const workspace = await floorWith().open('one');
    const first = await environmentIn(workspace);
    expect(first['JIDOKA_REPORT_URL']).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/report\/mcp$/);
    expect(first['ANTHROPIC_BASE_URL']).toBe(first['JIDOKA_REPORT_URL']?.replace(/report\/mcp$/, 'model'));
    expect(Object.keys(first).filter((name) => /registry/.test(name))).toEqual([]);
    expect((await environmentIn(workspace))['JIDOKA_REPORT_URL']).toBe(first['JIDOKA_REPORT_URL']);
    await workspace.destroy();
    await expect(fetch(first['JIDOKA_REPORT_URL'] ?? '', ping)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });

  test('is shut to whoever does not know its key, and that is told', async () => {
    const workspace = await floorWith().open('one');
    const url = new URL((await environmentIn(workspace))['JIDOKA_REPORT_URL'] ?? '');
    for (const path of ['/report/mcp', `/${'0'.repeat(32)}/report/mcp`, '/'])
      expect((await fetch(new URL(path, url), ping)).status).toBe(403);
    expect(desk.heard()).toEqual([]);
    expect((await fetch(url, ping)).status).toBe(200);
    expect(logged).toEqual([expect.stringContaining('one was refused POST /: each path at this port begins with the key')]);
    const [space = ''] = (await readdir(root)).filter((name) => name.startsWith('one-'));
    for (const file of ['port.json', 'gate']) expect([file, (await stat(join(root, space, file))).mode & 0o777]).toEqual([file, 0o600]);
    await workspace.destroy();
  });

  test('tells of no model gateway where it leads to none', async () => {
    const workspace = await floorWith(['git', 'report']).open('one');
    const found = Object.keys(await environmentIn(workspace));
    expect(found.filter((name) => /ANTHROPIC|OPENAI|GEMINI/.test(name))).toEqual([]);
    expect(found).toEqual(expect.arrayContaining(['JIDOKA_REPORT_URL', 'JIDOKA_GIT_URL']));
    await workspace.destroy();
  });

  test('outlives the factory, with its port, for a command that does: the next life answers there', async () => {
    const other = await otherFactory(root);
    const script = `
      const { existsSync, writeFileSync } = require('node:fs');
      const ask = () => fetch(process.env.JIDOKA_REPORT_URL, ${JSON.stringify(ping)}).then(({ status }) => status, () => 'nobody');
      (async () => {
        const before = await ask();
        writeFileSync('before', String(before));
        while ((await ask()) === before) await new Promise((next) => setTimeout(next, 20));
        writeFileSync('between', String(await ask()));
        while (!existsSync('go')) await new Promise((next) => setTimeout(next, 20));
        console.log(before, await ask());
      })();`;
    const command = { argv: ['node', '-e', script], cwd: '', timeoutMs: 60_000, network: 'gateway' } as const;
    const ref = await other.start('one', command);
    const fileOf = async (name: string): Promise<string> => {
      const [space = ''] = (await readdir(root)).filter((folder) => folder.startsWith('one-'));
      return readFile(join(root, space, 'tree', name), 'utf8').catch(() => '');
    };
    await expect.poll(() => fileOf('before'), { timeout: 20_000 }).toBe('403');
    await other.kill();
    await expect.poll(() => fileOf('between'), { timeout: 20_000 }).toBe('nobody');
    const found = await floorWith().attach({ floor: 'host', host: hostname(), name: 'one' });
    if (found.kind !== 'attached') throw new Error('The workspace is gone.');
    await found.workspace.files.write('go', '');
    const result = await found.workspace.attach(ref, { timeoutMs: 60_000, signal: new AbortController().signal });
    expect(result).toMatchObject({ stdout: '403 200\n' });
    expect(desk.heard()).toMatchObject([{ job: 'one' }]);
    await found.workspace.destroy();
  });
});

describe('host floor', () => {
  let floor: Floor;
  let root: string;
  let workspace: Workspace;
  beforeEach(async () => {
    ({ floor, root } = await makeFloor());
    workspace = await floor.open('one');
  });
  afterEach(async () => {
    await workspace.destroy();
    await remove(root);
  });
  const sh = async (script: string, timeoutMs = 20_000): Promise<string> => {
    const result = await workspace.spawn({ argv: ['sh', '-c', script], cwd: '', timeoutMs, network: 'none' });
    return result.stdout;
  };

  test('run by root, commands run as nobody; else as the user himself', async () => {
    const uid = Number(await sh('id -u'));
    expect(asRoot ? uid > 0 : uid === process.getuid?.()).toBe(true);
    expect((await floor.probe()).user).toContain(`(${uid})`);
    expect((await floor.probe()).tier).toBe('T0');
  });

  test('a grandchild that forked twice into a session of its own is ended with a hung command', async () => {
    await writeFile(
      join(workspace.root, 'escape.sh'),
      `setsid sh -c 'setsid sh -c "trap : TERM; echo \\$\\$ > pid; while :; do sleep 0.2; done" & ' & sleep 60`,
    );
    const out = await workspace.spawn({ argv: ['sh', 'escape.sh'], cwd: '', timeoutMs: 700, network: 'none' });
    expect(out.exit.kind).toBe('timed-out');
    const pid = Number(await workspace.files.read('pid'));
    expect(pid).toBeGreaterThan(0);
    expect(isRunning(pid)).toBe(false);
  });

  test('a daemon left by a command that ended well is ended too, and holds up nobody', async () => {
    const begun = Date.now();
    const pid = Number(await sh(`setsid sh -c 'echo $$ > pid; exec sleep 60' & while [ ! -s pid ]; do :; done; cat pid`));
    expect(pid).toBeGreaterThan(0);
    expect(isRunning(pid)).toBe(false);
    expect(Date.now() - begun).toBeLessThan(10_000);
  });

  test('removing the floor leaves nothing, not even in the trash, once it is emptied', async () => {
    await workspace.files.write('x', 'x');
    await workspace.destroy();
    await expect.poll(async () => readdir(join(root, '.trash'))).toEqual([]);
    expect(await readdir(join(root, '.locks'))).toEqual([]);
  });
});

test('what a process left that died while it took a lock is reaped, and that of a living one is not', async () => {
  const { floor, root } = await makeFloor();
  onTestFinished(() => remove(root));
  await floor.reap();
  const living = JSON.stringify(await thisOwner());
  const dead = JSON.stringify({ ...(await thisOwner()), started: 'before' });
  const write = async (name: string, text: string): Promise<string> => {
    await writeFile(join(root, '.locks', name), text);
    return name;
  };
  const kept = [
    await write(`x.lock.${randomUUID()}`, living),
    await write('y.lock~0123456789ab', living),
    await write(`z.lock.${randomUUID()}`, ''),
  ];
  await write(`x.lock.${randomUUID()}`, dead);
  await write('x.lock~0123456789ab', dead);
  const cut = await write(`x.lock.${randomUUID()}`, '');
  await utimes(join(root, '.locks', cut), 0, 0);
  await floor.reap();
  expect(await readdir(join(root, '.locks'))).toEqual(expect.arrayContaining(kept));
  expect(await readdir(join(root, '.locks'))).toHaveLength(kept.length);
});

describe('the environment of commands', () => {
  const host = {
    PATH: `/checkout/node_modules/.bin:relative:${process.env['PATH'] ?? ''}`,
    LANG: 'C.UTF-8',
    GITHUB_TOKEN: 'canary-token',
    AWS_SECRET_ACCESS_KEY: 'canary-aws',
    NPM_SECRET: 'canary-npm',
    HTTPS_PROXY: 'http://127.0.0.1:9',
    'npm_config_//127.0.0.1:9/:_authToken': 'canary-auth',
  };

  test('without a network it holds nothing of the host but path, language and certificates', async () => {
    const { floor, root } = await makeFloor({ ...host, NODE_EXTRA_CA_CERTS: '/etc/ssl/certs/ca-certificates.crt' });
    const workspace = await floor.open('one');
    const { stdout } = await workspace.spawn({ argv: ['env'], cwd: '', timeoutMs: 9_000, network: 'none' });
    expect(stdout).not.toMatch(/canary|127\.0\.0\.1|node_modules|relative/);
    expect(stdout).toMatch(/^NODE_EXTRA_CA_CERTS=\//m);
    expect(stdout).not.toMatch(/^FORCE_COLOR=/m);
    await workspace.destroy();
    await remove(root);
  });

  test('with a registry it holds the proxies and the npm settings of the owner, filled in, readable by the command alone', async () => {
    const home = await mkdtemp(join(tmpdir(), 'jidoka-home-'));
    await writeFile(join(home, '.npmrc'), '//r.example/:_authToken=${NPM_SECRET}\nx=${NOT_SET}\n', { mode: 0o600 });
    const { floor, root } = await makeFloor({ ...host, HOME: home });
    const workspace = await floor.open('one');
    const run = (...argv: [string, ...string[]]): Promise<ProcessResult> =>
      workspace.spawn({ argv, cwd: '', timeoutMs: 9_000, network: 'registry' });
    const { stdout } = await run('env');
    const settings = await run('sh', '-c', 'cat "$NPM_CONFIG_USERCONFIG"');
    expect(stdout).toMatch(/^HTTPS_PROXY=/m);
    expect(stdout).toMatch(/canary-auth/);
    expect(settings.stdout).toBe('//r.example/:_authToken=canary-npm\nx=${NOT_SET}\n');
    expect(stdout).not.toMatch(/canary-token|canary-aws|^NPM_SECRET=/m);
    expect((await stat(join(root, '.npmrc'))).mode & 0o777).toBe(0o400);
    await workspace.destroy();
    await Promise.all([remove(root), remove(home)]);
  });
});

describe('the keeper of a started command', () => {
  let floor: Floor;
  let root: string;
  let workspace: Workspace;
  beforeAll(async () => {
    ({ floor, root } = await makeFloor());
  });
  afterAll(() => remove(root));
  beforeEach(async () => {
    workspace = await floor.open('kept');
  });
  afterEach(() => workspace.destroy());
  const attach = (ref: ProcessRef): Promise<ProcessResult | 'gone'> =>
    workspace.attach(ref, { timeoutMs: 60_000, signal: new AbortController().signal });

  test('killed, its command is gone, with what it had started', async () => {
    const ref = await startSh(workspace, 'setsid sleep 60 & echo $! > pid; sleep 60');
    const [pid = 0] = await pidsIn(workspace, ['pid']);
    process.kill(ref.pid, 'SIGKILL');
    expect(await attach(ref)).toBe('gone');
    expect(isRunning(pid)).toBe(false);
  });

  test('another life of its pid, as after a restart of the machine, is not waited for', async () => {
    const ref = await startSh(workspace, 'sleep 60');
    expect(await attach({ ...ref, life: 'another-boot.17' })).toBe('gone');
  });

  test('a command that writes without end is ended with what it wrote first, though nobody waits', async () => {
    const ref = await startSh(workspace, 'echo first; setsid yes & yes');
    await expect.poll(() => isRunning(ref.pid), { timeout: 20_000 }).toBe(false);
    const result = await attach(ref);
    expect(result).toMatchObject({ exit: { kind: 'signalled', signal: 'SIGXFSZ' }, truncated: true });
    expect(result === 'gone' ? '' : result.stdout).toMatch(/^first\ny\ny\n/);
    expect(result === 'gone' ? 0 : result.stdout.length).toBeLessThanOrEqual(mostOutputBytes);
  });

  test('a command that nobody waits for ends soon after its time', async () => {
    const ref = await startSh(workspace, 'echo begun; sleep 60', { timeoutMs: 200 });
    await expect.poll(() => isRunning(ref.pid), { timeout: 20_000 }).toBe(false);
    expect(await attach(ref)).toMatchObject({ exit: { kind: 'timed-out', afterMs: 200 }, stdout: 'begun\n' });
  });

  test('a command that the machine does not take is not started', async () => {
    const ref = await startSh(workspace, 'true', { env: { LONG: 'x'.repeat(200_000) } });
    expect(await attach(ref)).toMatchObject({ exit: { kind: 'not-started', message: expect.stringContaining('E2BIG') } });
  });

  test('its files are for the factory alone', async () => {
    const ref = await startSh(workspace, 'true');
    expect(await attach(ref)).toMatchObject({ exit: { kind: 'exited', code: 0 } });
    const [space = ''] = (await readdir(root)).filter((name) => name.startsWith('kept-'));
    expect((await stat(join(root, space, 'started'))).mode & 0o777).toBe(0o700);
    const kept = await readdir(join(root, space, 'started', ref.id));
    expect(kept.toSorted()).toEqual(['ending.json', 'keeper.cjs', 'process.json', 'stderr', 'stdout']);
  });
});

/** The factory in another process. */
function otherFactory(root: string): Promise<OtherOwner> {
  return otherBuilt(
    root,
    `const { hostFloor } = await load('src/plant/floor/index.js');
    const { openEgress } = await load('src/plant/egress/index.js');
    const egress = openEgress({ upstreams: { registries: async () => [] } });
    await serveOwner(hostFloor({ root: ${JSON.stringify(root)}, egress, clock, env: process.env, log: () => undefined }));`,
  );
}

test('the workspaces of root are outside of its home, one place for each home', () => {
  expect(floorRoot('/home/ada/.jidoka', 1000)).toBe('/home/ada/.jidoka/work');
  expect(floorRoot('/root/.jidoka', 0)).toMatch(/^\/var\/lib\/jidoka\/[0-9a-f]{12}\/work$/);
  expect(floorRoot('/root/.jidoka', 0)).not.toBe(floorRoot('/root/other', 0));
});
