import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { escapeAttempts, runEscapes } from '../../../../../kit/floor/index.ts';
import type { EscapeOutcome } from '../../../../../kit/floor/index.ts';
import { makeBench, path } from '../../../../../test/walls/bench.ts';
import type { Bench, Outcome } from '../../../../../test/walls/bench.ts';
import { notStarted } from '../not-started.ts';
import { seeHost } from '../see-host.ts';
import type { Confinement, Wall } from '../wall.ts';
import { isKnownMachine } from './call-filter.ts';
import { landlockAbi } from './landlock-abi.ts';
import { landlockWall } from './landlock.ts';

const perl = '/usr/bin/perl';
let bench: Bench;
let wall: Wall;
beforeAll(async () => {
  if (!isKnownMachine(process.arch)) throw new Error(`no wall of Landlock for ${process.arch}`);
  if ((await landlockAbi(perl)) < 1) throw new Error('the kernel has no Landlock, or there is no perl: use Linux 5.13 or newer.');
  wall = landlockWall({ perl, machine: process.arch, host: await seeHost() });
  bench = await makeBench();
});
afterAll(() => bench.close());

const sh = (script: string, changes: Partial<Confinement> = {}): Promise<Outcome> =>
  bench.run(wall, bench.confinement(['/bin/sh', '-c', script], changes));
const node = (program: string): Promise<Outcome> => bench.run(wall, bench.confinement([process.execPath, '-e', program]));

/** What a wall without namespaces does not refuse. All of it is seen or left behind; none of it reads, writes or reaches. */
const known = [
  'sees a process of another workspace',
  'sees processes of the host',
  'reaches shared memory of the host',
  'has rights in reserve',
  'is in the net namespace of the host',
  'is in the pid namespace of the host',
  'is in the mnt namespace of the host',
  'is in the ipc namespace of the host',
  'finds a route',
  'finds devices of the host',
  'reads /sys',
  'leaves a process in the background',
  'leaves a daemon that forked twice into a session of its own',
  'leaves a daemon without the environment of its command',
  'leaves a daemon far away that heeds nothing',
];
/** Before the sixth Landlock, signals to others were not refused. */
const ofOldKernels = [
  'signals a process of the host',
  'signals the processes of the host one after another',
  'signals a process of another workspace',
];

describe('behind the wall of Landlock', () => {
  let outcomes: readonly EscapeOutcome[];
  beforeAll(async () => {
    const attempts = escapeAttempts().filter(
      ({ group, afterwards }) => group !== 'limits' && group !== 'egress' && afterwards === undefined,
    );
    outcomes = await runEscapes(() => bench.place(wall, 'landlock'), bench.planted, { attempts });
  });

  test('no attempt gets out but those that are known to', async () => {
    const expected = (await landlockAbi(perl)) >= 6 ? known : [...known, ...ofOldKernels];
    const out = outcomes.filter(({ outcome }) => outcome === 'escaped').map(({ name }) => name);
    expect(out.filter((name) => !expected.includes(name))).toEqual([]);
    expect(outcomes.filter(({ outcome }) => outcome === 'refused').length).toBeGreaterThan(70);
  });

  test('what could not even be tried takes a namespace of its own', () => {
    const not = outcomes.filter(({ outcome }) => outcome === 'not-possible-here');
    expect(not.filter(({ detail }) => !detail.includes('no namespace of its own'))).toEqual([]);
  });

  test('a command gets its words, its environment, its folder, and tells its end', async () => {
    const words = ['a b', '', "it's", '$(id)', '*', 'A=b', '--', 'x\ny'];
    const { stdout } = await bench.run(wall, bench.confinement(['printf', '<%s>', ...words]));
    expect(stdout).toBe(words.map((word) => `<${word}>`).join(''));
    const odd = { ...bench.env, 'npm_config_@scope:registry': 'http://127.0.0.1/', EMPTY: '', LINES: 'a\nb=c', QUOTES: `"'$HOME` };
    const seen = await bench.run(wall, bench.confinement([process.execPath, '-p', 'JSON.stringify(process.env)'], { env: odd }));
    expect(JSON.parse(seen.stdout)).toEqual({ GIT_CONFIG_NOSYSTEM: '1', ...odd });
    expect((await sh('pwd; cat; exit 42')).exit).toEqual({ kind: 'exited', code: 42 });
    expect((await sh('pwd')).stdout).toBe(`${bench.tree}\n`);
    expect((await sh('kill -TERM $$')).exit).toEqual({ kind: 'signalled', signal: 'SIGTERM' });
  });

  test('a command works in its folders: it writes, moves, links, runs and removes', async () => {
    const script = `set -e; cd "$TMPDIR"; mkdir -p a/b; echo '#!/bin/sh' >a/run; echo 'echo ran' >>a/run; chmod 755 a/run; mv a/run "$HOME/run"
      ln -s "$HOME/run" link; ln "$HOME/run" "$HOME/hard"; ./link; mkfifo pipe; : >big; truncate -s 10 big; rm -r a big pipe; echo x >/dev/null; head -c 1 /dev/urandom >/dev/null`;
    const { exit, stdout, stderr } = await sh(script);
    expect({ exit, stdout, stderr }).toEqual({ exit: { kind: 'exited', code: 0 }, stdout: 'ran\n', stderr: '' });
  });

  test('Node.js, its children, its threads and npm work', async () => {
    const children = `const { fork, spawnSync } = require('child_process'); const { Worker } = require('worker_threads');
      if (process.send) { process.send('child'); process.exit(); }
      const child = fork(__filename); child.on('message', (m) => new Worker('require("worker_threads").parentPort.postMessage("thread")', { eval: true })
        .on('message', (t) => console.log(m, t, spawnSync('git', ['--version']).status, process.memoryUsage().rss > 0, require('os').cpus().length > 0)));`;
    await writeFile(join(bench.tree, 'children.cjs'), children);
    const ran = await bench.run(wall, bench.confinement([process.execPath, join(bench.tree, 'children.cjs')]));
    expect(ran).toMatchObject({ stdout: 'child thread 0 true true\n', stderr: '' });
    const env = { ...bench.env, PATH: `${dirname(process.execPath)}:${path}` };
    await writeFile(join(bench.tree, 'package.json'), JSON.stringify({ name: 'a', version: '1.0.0', scripts: { test: 'node -p 6*7' } }));
    expect((await bench.run(wall, bench.confinement(['npm', 'test', '--silent'], { env }))).stdout).toBe('42\n');
  });

  test('git works, whatever the settings of the system', async () => {
    const ran =
      await sh(`set -e; git init -q repository; cd repository; git config user.name a; git config user.email a@b; echo x >x; git add x
      git commit -qm one; git clone -q . ../copy; cat ../copy/x`);
    expect(ran).toMatchObject({ exit: { kind: 'exited', code: 0 }, stdout: 'x\n', stderr: '' });
  });

  test('a test runner works, with its processes', async () => {
    await writeFile(
      join(bench.tree, 'sum.test.mjs'),
      `import test from 'node:test'; import assert from 'node:assert'; test('adds', () => assert.equal(1 + 1, 2));`,
    );
    const { stdout, exit } = await bench.run(wall, bench.confinement([process.execPath, '--test', '--test-reporter=tap', bench.tree]));
    expect(exit).toEqual({ kind: 'exited', code: 0 });
    expect(stdout).toMatch(/^# pass [1-9]/m);
  });

  test('no socket of any kind can be made, and a program is told so', async () => {
    const { stdout } = await node(`const net = require('net'); const said = [];
      net.createServer().on('error', (e) => { said.push(e.code); net.connect(80, '127.0.0.1').on('error', (e) => { said.push(e.code);
        net.connect('/tmp/x').on('error', (e) => console.log(...said, e.code)); }); }).listen(0, '127.0.0.1')`);
    expect(stdout).toBe('EACCES EACCES EACCES\n');
  });

  test('a command that needs a way out is refused before it starts', () => {
    const asked = (): unknown => wall.confine(bench.confinement(['true'], { socket: join(bench.root, 'one/out') }));
    expect(asked).toThrowError(expect.objectContaining({ code: 'no-sandbox' }));
  });

  test('what may only be read within what may be written is refused, for it cannot be kept', async () => {
    const inner = join(bench.tree, 'base');
    await mkdir(inner, { recursive: true });
    expect(() => wall.confine(bench.confinement(['true'], { readable: [inner] }))).toThrowError(
      expect.objectContaining({ code: 'workspace-failed' }),
    );
  });

  test('a program that is not there, and a folder that is not, end with a word and nothing done', async () => {
    const missing = await bench.run(wall, bench.confinement(['no-such-program']));
    expect(notStarted('landlock', missing)).toContain('no-such-program');
    const broken = await sh('echo ran', { writable: [...bench.writable, join(bench.root, 'not-there')] });
    expect(broken.stdout).toBe('');
    expect(notStarted('landlock', broken)).toContain('not-there');
    expect(notStarted('landlock', await sh('echo wall: no; exit 125'))).toBeNull();
  });

  test('a library that the environment names is not loaded before the wall stands', async () => {
    const { stderr } = await bench.run(
      wall,
      bench.confinement(['/bin/true'], { env: { ...bench.env, LD_PRELOAD: `${bench.tree}/evil.so` } }),
    );
    expect(stderr.match(/evil\.so/g)?.length).toBe(1);
  });
});
