import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, copyFile, cp, mkdir, mkdtemp, readdir, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { escapeAttempts, runEscapes } from '../../../../kit/floor/index.ts';
import type { EscapeAttempt, EscapeOutcome } from '../../../../kit/floor/index.ts';
import { makeBench, open, path, runningWith, toolsOf, user } from '../../../../test/walls/bench.ts';
import type { Bench, Outcome } from '../../../../test/walls/bench.ts';
import { carelessPlace, carelessly } from '../../../../test/walls/careless.ts';
import type { Account } from '../account.ts';
import { endProcesses } from '../spawn/processes.ts';
import { processViewer } from '../spawn/see-processes.ts';
import { startProcess } from '../spawn/spawn.ts';
import { bubblewrapWall } from './bubblewrap.ts';
import { runCanaries } from './canary/canaries.ts';
import { requiredClaims } from './canary/claims.ts';
import { keyringFilter } from './keyring-filter.ts';
import { namespacesWall } from './namespaces.ts';
import { notStarted } from './not-started.ts';
import { ownKeyring } from './own-keyring.ts';
import { seeHost } from './see-host.ts';
import type { Confinement, Wall } from './wall.ts';

const jobUid = user?.uid ?? process.getuid?.() ?? -1;
const account: Account = { user, name: 'job', node: '', npm: '', tools: { PATH: path }, caveats: [] };
const bwrap = ['/usr/bin/bwrap', '/usr/local/bin/bwrap'].find((file) => existsSync(file));

let bench: Bench;
const closings: (() => Promise<unknown>)[] = [];
let walls: Readonly<Record<'bubblewrap' | 'namespaces', Wall>>;
beforeAll(async () => {
  if (bwrap === undefined)
    throw new Error('bubblewrap is not installed: `apt-get install -y bubblewrap` (Debian, Ubuntu), `dnf install bubblewrap` (Fedora).');
  const host = await seeHost();
  const keyring = ownKeyring('/usr/bin/perl');
  const filter = join(await mkdtemp(join(tmpdir(), 'jidoka-keyring-')), 'keyring.bpf');
  await chmod(dirname(filter), 0o755);
  closings.push(() => rm(dirname(filter), { recursive: true }));
  await writeFile(filter, keyringFilter() ?? new Uint8Array());
  await chmod(filter, 0o644);
  walls = { bubblewrap: bubblewrapWall(bwrap, host, filter), namespaces: namespacesWall('/usr/sbin:/usr/bin:/sbin:/bin', host, keyring) };
  bench = await makeBench();
});
afterAll(async () => {
  await bench.close();
  for (const close of closings) await close();
});

const connect = (where: string): string =>
  `require('net').connect(${where}).on('connect', () => { console.log('ESCAPED'); process.exit() }).on('error', () => process.exit(1)).setTimeout(3000, () => process.exit(1))`;

const attempts = escapeAttempts();
/** Of a wall alone: limits, a way out and the factory's own hands are a floor's. */
const ofWalls = attempts.filter(({ group, afterwards }) => group !== 'limits' && group !== 'egress' && afterwards === undefined);

describe('without a wall', () => {
  let outcomes: readonly EscapeOutcome[];
  beforeAll(async () => {
    const server = createServer((socket) => socket.on('error', () => undefined).once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\n')));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo; // a server of TCP has no other kind of address
    outcomes = await runEscapes(() => carelessPlace(bench, port), bench.planted, { harvest: carelessly });
    server.close();
  });
  const escaped = (): readonly string[] => outcomes.filter(({ outcome }) => outcome === 'escaped').map(({ name }) => name);

  test('what an ordinary user can do is done, so that its refusal says something', () => {
    const expected = attempts.filter(({ open: succeeds, name }) => succeeds === 'yes' || /left open|keyring of its session/.test(name));
    expect(expected.map(({ name }) => name).filter((name) => !escaped().includes(name))).toEqual([]);
    expect(escaped().length, JSON.stringify(outcomes, null, 1)).toBeGreaterThanOrEqual(70);
  });

  test('nothing that takes the rights of root is done', () => {
    const forbidden = attempts.filter(({ open: succeeds }) => succeeds === 'no').map(({ name }) => name);
    expect(escaped().filter((name) => forbidden.includes(name))).toEqual([]);
  });

  test.each([
    ['traps for git spring where git is run in the tree', (one: EscapeAttempt) => one.afterwards?.kind === 'harvest'],
    ['links lead a factory away that follows them', (one: EscapeAttempt) => one.afterwards?.kind === 'files'],
    ['a way out that passes on everything is used', (one: EscapeAttempt) => one.group === 'egress'],
  ])('all %s', (_, isOne) => {
    const expected = attempts.filter(isOne).map(({ name }) => name);
    expect(expected.length).toBeGreaterThan(0);
    expect(expected.filter((name) => !escaped().includes(name))).toEqual([]);
  });

  test('the canaries refute a wall that is none', async () => {
    const outcome = await runCanaries({ kind: 'namespaces', ...open }, { folder: bench.root, user, path, readable: [] });
    const proved = outcome.kind === 'came-back' ? outcome.claims.filter(({ state }) => state === 'proved') : [];
    expect(proved.map(({ claim }) => claim)).toEqual(['user.plain', 'fs.write.inside', 'caps.none', 'net.loopback.own']);
    expect((await readdir(bench.root)).filter((name) => name.startsWith('.canary'))).toEqual([]);
    await expect.poll(() => runningWith(`${bench.root}/.canary`), { timeout: 5_000 }).toEqual([]);
  });
});

describe.each(['bubblewrap', 'namespaces'] as const)('behind the wall of %s', (kind) => {
  let wall: Wall;
  beforeEach(() => {
    wall = walls[kind];
  });
  const sh = (script: string, changes: Partial<Confinement> = {}): Promise<Outcome> =>
    bench.run(wall, bench.confinement(['/bin/sh', '-c', script], changes));

  describe('of all attempts', () => {
    let outcomes: readonly EscapeOutcome[];
    beforeAll(async () => {
      outcomes = await runEscapes(() => bench.place(walls[kind], kind), bench.planted, { attempts: ofWalls });
    });

    test.each(ofWalls)('no command $name', ({ name }) => {
      expect(outcomes.find((outcome) => outcome.name === name)).toMatchObject({ outcome: 'refused' });
    });
  });

  test('nothing can be written but the folders of the command', async () => {
    const folders = '/ /dev /etc /home /proc /root /run /sys /usr /var';
    const { stdout } = await sh(`for d in ${folders}; do (: >"$d/jidoka-escape") 2>/dev/null && echo "$d"; done; echo end`);
    expect(stdout).toBe('end\n');
  });

  test('the canaries prove all that is required', async () => {
    const outcome = await runCanaries(wall, { folder: bench.root, user, path, readable: toolsOf(process.execPath) });
    expect(outcome).toMatchObject({ kind: 'came-back', claims: requiredClaims.map((claim) => ({ claim, state: 'proved' })) });
  });

  test('Node.js and npm work', async () => {
    const node = await bench.run(wall, bench.confinement([process.execPath, '-e', 'console.log(6 * 7)']));
    expect(node).toMatchObject({ exit: { kind: 'exited', code: 0 }, stdout: '42\n', stderr: '' });
    const npm = await bench.run(
      wall,
      bench.confinement(['npm', '--version'], { env: { ...bench.env, PATH: `${dirname(process.execPath)}:${path}` } }),
    );
    expect(npm.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('Node.js and npm work from a folder of their own, which nobody can write', async () => {
    const prefix = join(bench.root, `node ${kind}`);
    await mkdir(join(prefix, 'bin'), { recursive: true });
    await copyFile(process.execPath, join(prefix, 'bin/node'));
    const folders = [dirname(process.execPath), ...path.split(':')];
    const npm = await realpath(join(folders.find((folder) => existsSync(join(folder, 'npm'))) ?? '', 'npm'));
    await cp(dirname(dirname(npm)), join(prefix, 'lib/node_modules/npm'), { recursive: true });
    const argv = [join(prefix, 'bin/node'), join(prefix, 'lib/node_modules/npm/bin/npm-cli.js'), '--version'] as const;
    const readable = ['bin', 'lib', 'share'].map((name) => join(prefix, name));
    expect(await bench.run(wall, bench.confinement(argv, { readable }))).toMatchObject({
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
    expect((await sh(`(: >"${prefix}/bin/x") 2>/dev/null || ls "${prefix}"`, { readable })).stdout).toBe('bin\nlib\n');
  });

  test("a command has its folders, and what it writes is its user's on the host", async () => {
    const name = `written-${kind}`;
    const { stdout } = await sh(
      `pwd; for d in . "$HOME" "$TMPDIR" "$ROOT/one/scratch" /tmp /dev/shm; do echo x >"$d/${name}" || echo no; done; id -un; id -u`,
    );
    expect(stdout).toBe(`${bench.tree}\njob\n${jobUid}\n`);
    for (const folder of bench.writable) expect((await stat(join(folder, name))).uid).toBe(jobUid);
  });

  test('a command has its environment, and nothing else but the mark of its job', async () => {
    const odd = { 'npm_config_@scope:registry': 'http://127.0.0.1/', EMPTY: '', LINES: 'a\nb', QUOTES: `"'$HOME` };
    const env = { ...bench.env, ...odd };
    const { stdout } = await bench.run(wall, bench.confinement([process.execPath, '-p', 'JSON.stringify(process.env)'], { env }));
    const { PWD, ...seen } = JSON.parse(stdout) as Record<string, string>; // what JSON.stringify made of process.env
    expect(seen).toEqual(env);
    expect(PWD ?? bench.tree).toBe(bench.tree);
  });

  test('a library that the environment names is not loaded by what builds the wall', async () => {
    const { stderr } = await bench.run(
      wall,
      bench.confinement(['/bin/true'], { env: { ...bench.env, LD_PRELOAD: `${bench.tree}/evil.so` } }),
    );
    // Inside, each program says that it cannot load it; what builds the wall says nothing.
    expect(stderr.match(/evil\.so/g)?.length ?? 0).toBeLessThanOrEqual(2);
    expect(stderr).toContain('evil.so');
  });

  test('a command gets its words and tells its end', async () => {
    const words = ['a b', '', "it's", '$(id)', '*', 'A=b', '--', 'x\ny'];
    const { stdout } = await bench.run(wall, bench.confinement(['printf', '<%s>', ...words]));
    expect(stdout).toBe(words.map((word) => `<${word}>`).join(''));
    expect((await sh('exit 42')).exit).toEqual({ kind: 'exited', code: 42 });
    expect((await sh('kill -TERM $$')).exit).toEqual({ kind: 'exited', code: 143 });
    expect((await bench.run(wall, bench.confinement(['/bin/sh', '-c', 'cat; echo end']))).stdout).toBe('end\n');
  });

  test('a program whose name looks like a variable is run', async () => {
    await writeFile(join(bench.tree, 'A=b'), '#!/bin/sh\necho ran "$1"\n', { mode: 0o755 });
    await chmod(join(bench.tree, 'A=b'), 0o755);
    expect((await bench.run(wall, bench.confinement(['./A=b', 'C=d']))).stdout).toBe('ran C=d\n');
  });

  test('where the machine allows no namespaces, the canaries do not come back, and say why', async () => {
    const script = 'echo 0 >/proc/sys/user/max_user_namespaces && exec setpriv --ambient-caps -all --inh-caps -all -- "$@"';
    const forbidding = ['unshare', '--user', '--map-current-user', '--keep-caps', '/bin/sh', '-c', script, 'machine'] as const;
    const forbidden: Wall = {
      kind,
      confine: (command) => ({ ...wall.confine(command), argv: [...forbidding, ...wall.confine(command).argv] }),
    };
    const outcome = await runCanaries(forbidden, { folder: bench.root, user, path, readable: [] });
    expect(outcome).toMatchObject({ kind: 'failed', why: expect.stringMatching(/namespace|unshare/i) });
  });

  test('a terminal can be had', async () => {
    const { stdout } = await sh('script -qec "tty" /dev/null');
    expect(stdout).toMatch(/^\/dev\/pts\/\d+/);
  });

  test('a command that is not there, and a wall that cannot be built, end with a word on stderr and nothing done', async () => {
    const missing = await bench.run(wall, bench.confinement(['no-such-program']));
    expect(missing.exit).not.toEqual({ kind: 'exited', code: 0 });
    expect(notStarted(kind, missing)).toContain('no-such-program');
    const broken = await sh('echo ran', { writable: [...bench.writable, join(bench.root, 'not-there')] });
    expect(broken.stdout).toBe('');
    expect(broken.exit).not.toEqual({ kind: 'exited', code: 0 });
    expect(notStarted(kind, broken)).toContain('not-there');
    expect(notStarted(kind, await sh('echo bwrap: no; exit 1'))).toBeNull();
    expect(notStarted(kind, await sh('exit 125'))).toBeNull();
  });

  test('the socket it is given answers, though all others do not', async () => {
    const socket = join(bench.root, 'one/out');
    const { stdout } = await bench.run(
      wall,
      bench.confinement([process.execPath, '-e', connect(`process.env.ROOT + '/one/out'`)], { socket }),
    );
    expect(stdout).toBe('ESCAPED\n');
    expect((await sh('ls "$ROOT/one"', { socket })).stdout).toBe('home\nout\nscratch\ntmp\ntree\n');
    expect((await sh('ls "$ROOT/one"')).stdout).not.toContain('out');
  });

  test('folders in folders keep their own rights', async () => {
    const outer = join(bench.root, 'readable');
    const inner = join(outer, `inner-${kind}`);
    await mkdir(join(inner, 'shut'), { recursive: true });
    await chmod(inner, 0o777);
    await chmod(join(inner, 'shut'), 0o777);
    const changes = { readable: [outer, join(inner, 'shut')], writable: [...bench.writable, inner] };
    const { stdout } = await sh(`for d in "${outer}" "${inner}" "${inner}/shut"; do (: >"$d/x") 2>/dev/null; echo $?; done`, changes);
    expect(stdout).toMatch(/^[1-9]\d*\n0\n[1-9]\d*\n$/);
  });

  test('a command can serve itself on 127.0.0.1, and two do so at the same port', async () => {
    const program = `const { createServer, connect } = require('net'); createServer((s) => s.end('own')).listen(4873, '127.0.0.1', () =>
      setTimeout(() => connect(4873, '127.0.0.1').on('data', (d) => { console.log(String(d)); process.exit() }), 300))`;
    const both = await Promise.all([1, 2].map(() => bench.run(wall, bench.confinement([process.execPath, '-e', program]))));
    expect(both.map(({ stdout }) => stdout)).toEqual(['own\n', 'own\n']);
  });

  test("a sandbox of the command's own can be built inside", async () => {
    const { stdout } = await sh('unshare --user --map-root-user --mount --pid --fork sh -c "mount -t tmpfs tmpfs /tmp && id -u"');
    expect(stdout).toBe('0\n');
  });

  describe('when it is killed', () => {
    const token = (): string => `jidoka-left-${randomUUID()}`;
    const begun = (mark: string): Promise<void> => expect.poll(() => existsSync(join(bench.tree, mark)), { timeout: 20_000 }).toBe(true);
    const leave = {
      'a daemon that forked twice into a session of its own': (mark: string) =>
        `setsid sh -c 'setsid sh -c "trap : TERM HUP INT; : >${mark}; while :; do sleep 1; done" ${mark} &' & sleep 60`,
      'a daemon whose parent ended': (mark: string) => `(setsid sh -c ': >${mark}; while :; do sleep 1; done' ${mark} &); sleep 60`,
      'two hundred processes that go on forking': (mark: string) =>
        `i=0; while [ $i -lt 200 ]; do setsid sh -c 'while :; do sleep 1 & wait; done' ${mark} & i=$((i+1)); done; : >${mark}; sleep 60`,
    };

    test.each(Object.entries(leave))('%s is gone', async (_, script) => {
      const mark = token();
      const running = bench.start(wall, bench.confinement(['/bin/sh', '-c', script(mark)]));
      await begun(mark);
      expect((await runningWith(mark)).length).toBeGreaterThan(0);
      process.kill(running.group ?? 0, 'SIGKILL');
      await expect.poll(() => runningWith(mark), { timeout: 10_000 }).toEqual([]);
    });

    test('by the death of who started it, nothing is left either', async () => {
      const mark = token();
      const { argv, env } = wall.confine(
        bench.confinement(['/bin/sh', '-c', `setsid sh -c ': >${mark}; while :; do sleep 1; done' & sleep 60`, mark]),
      );
      const factory = ['/bin/sh', '-c', '"$@"; exit $?', 'factory', ...argv] as const;
      const running = startProcess({ argv: factory, cwd: bench.tree, env: { PATH: path, ...env }, user });
      await begun(mark);
      process.kill(running.group ?? 0, 'SIGKILL');
      await expect.poll(() => runningWith(mark), { timeout: 10_000 }).toEqual([]);
    });

    test('what a command that ended well left running is gone with it', async () => {
      const mark = token();
      const { exit } = await sh(`setsid sh -c 'while :; do sleep 1; done' ${mark} >/dev/null 2>&1 & sleep 0.2`);
      expect(exit).toEqual({ kind: 'exited', code: 0 });
      await expect.poll(() => runningWith(mark), { timeout: 5_000 }).toEqual([]);
    });

    test('a command that the floor ends at any moment of its start leaves nothing', async () => {
      const mark = token();
      for (let round = 0; round < 25; round += 1) {
        const running = bench.start(wall, bench.confinement(['/bin/sh', '-c', 'setsid sleep 60 & sleep 60', mark]), { JIDOKA_JOB: mark });
        await wait(round * 2);
        await endProcesses({ marker: `JIDOKA_JOB=${mark}`, group: running.group }, processViewer(account));
        expect(await runningWith(mark)).toEqual([]);
      }
    });
  });
});
