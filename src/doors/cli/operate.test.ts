import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordingWorld, ScriptedFactory, type ScriptedRun, type WorldSetting } from '../../../kit/factory/index.ts';
import type { GateChoice } from '../../core/line/line.ts';
import { cli } from './cli.ts';

const ms: ScriptedRun = { run: 'deps-ms-1', title: 'ms 2.1.2 -> 2.1.3', verdict: 'PR_READY' };
const gate = 'deps-ms-1/review/1';
const gated = (choices: readonly GateChoice[] = ['approve', 'reject']): ScriptedRun => ({ ...ms, gate: { stage: 'review', choices } });
const runMs = ['run', 'deps', '--package', 'ms'] as const;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-operate-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Scene {
  readonly factory: ScriptedFactory;
  /** Gives a command line in a world of its own and tells what it said; the factory stays. */
  run(...argv: string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }>;
  world(setting?: Partial<WorldSetting>): RecordingWorld;
}

function scene(runs: readonly ScriptedRun[] = [ms], setting: Partial<WorldSetting> = {}): Scene {
  const factory = new ScriptedFactory({ folder, runsOf: () => runs });
  // One command closes its factory; here it is the next one's too.
  Object.assign(factory, { close: async () => undefined });
  const world = (more: Partial<WorldSetting> = {}): RecordingWorld => new RecordingWorld({ cwd: folder, factory, ...setting, ...more });
  return {
    factory,
    world,
    run: async (...argv) => {
      const one = world();
      const code = await cli(argv, one);
      return { code, out: one.stdout.text, err: one.stderr.text };
    },
  };
}

/** A scene whose run stands at its gate. */
async function atGate(
  choices?: readonly GateChoice[],
): Promise<Scene & { readonly working: Promise<number>; readonly told: RecordingWorld }> {
  const made = scene([gated(choices)]);
  const told = made.world();
  const working = cli(runMs, told);
  await told.stderr.wrote('waits: a person at review');
  return { ...made, working, told };
}

describe('a gate', () => {
  it('is told with the very commands that answer it', async () => {
    const { told, run, working } = await atGate();
    expect(told.stderr.text).toContain(` node main.js approve ${gate}\n`);
    await run('approve', gate);
    expect(await working).toBe(0);
  });

  it('is listed and shown with what it is about', async () => {
    const { run } = await atGate();
    const { out } = await run('gates');
    expect(out).toContain(gate);
    expect(out).toContain(`approve  node main.js approve ${gate}`);
    const shown = await run('gates', 'deps-ms');
    expect(shown.out).toMatch(/^\? open {2}Is this what was wanted\?/);
    expect(shown.out).toContain('14 checks made, none broken');
    expect(shown.out).toContain('package.json +1 -1');
    expect(JSON.parse((await run('gates', '--json')).out)).toMatchObject({ gates: [{ gate, digest: 'd'.repeat(64) }] });
  });

  it('is told apart from a result that waits to be looked at, which status lists', async () => {
    const other = scene();
    expect((await other.run('gates')).out).toBe('No gate is open: no run rests for a decision.\n');
    await other.run(...runMs);
    expect((await other.run('gates')).out).toContain('1 result waits to be looked at: node main.js status lists it.');
    expect((await other.run('status')).out).toMatch(/waits for a person\n +deps-ms-1 since/);
    const { run } = await atGate();
    expect((await run('gates')).out).not.toContain('to be looked at');
  });

  it('rejected, ends the run with what was said', async () => {
    const { run, working } = await atGate();
    const { code, out } = await run('reject', gate, '--note', 'keep the default');
    expect([code, out]).toEqual([0, expect.stringContaining('rejected by cli:tester: keep the default')]);
    expect(await working).toBe(3);
  });

  it('takes an answer from either place, once', async () => {
    const { run, working } = await atGate(['answer']);
    expect((await run('answer', gate)).err).toContain('There is no answer.');
    expect((await run('answer', gate, 'three', '--note', 'four')).err).toContain('There are two answers.');
    expect((await run('answer', gate, 'three times')).code).toBe(0);
    expect((await run('answer', gate, 'four')).code).toBe(2);
    expect(await working).toBe(0);
  });

  it('refuses another digest, an unknown gate and a rejection without words', async () => {
    const { run } = await atGate();
    expect(await run('approve', gate, '--digest', 'f00')).toMatchObject({ code: 2, err: expect.stringContaining('is about the evidence') });
    expect(await run('approve', 'nothing')).toMatchObject({ code: 2, err: expect.stringContaining('No gate nothing') });
    expect(await run('reject', gate)).toMatchObject({ code: 2, err: expect.stringContaining('--note') });
  });

  it('with --until-gate ends the command with 5 and leaves the run at its gate', async () => {
    const { run } = scene([gated()]);
    const { code, out } = await run(...runMs, '--until-gate', '--json');
    expect(code).toBe(5);
    expect(JSON.parse(out)).toMatchObject({ run: 'deps-ms-1', state: 'waiting', gates: [{ gate }] });
    expect((await run('runs')).out).toMatch(/… waiting +ms 2\.1\.2 -> 2\.1\.3 \(waits for gate review\)/);
  });

  it('--until-gate changes nothing for a run without one', async () => {
    expect((await scene().run(...runMs, '--until-gate')).code).toBe(0);
  });
});

describe('who acts', () => {
  const person = { name: 'ana', kind: 'person', roles: ['reviewer'] } as const;

  it('is whoever holds the token given', async () => {
    const { run, factory } = await atGate();
    const { token } = await factory.credentials.add(person);
    expect((await run('approve', gate, '--token', token)).out).toContain('approved by ana');
  });

  it('is taken from JIDOKA_TOKEN, and an agent answers nothing', async () => {
    const { world, factory } = await atGate();
    const { token } = await factory.credentials.add({ name: 'coder', kind: 'agent', roles: ['*'] });
    const told = world({ env: { JIDOKA_TOKEN: token } });
    expect(await cli(['approve', gate], told)).toBe(2);
    expect(told.stderr.text).toContain('coder is an agent');
  });

  it('is nobody where the token is unknown', async () => {
    const { run } = await atGate();
    expect(await run('approve', gate, '--token', 'guessed')).toMatchObject({
      code: 2,
      err: expect.stringContaining('Nobody holds the token given.'),
    });
  });

  it.each([
    ['approve', gate],
    ['reject', gate, '--note', 'x'],
    ['answer', gate, 'x'],
    ['cancel', 'deps-ms-1'],
    ['pause', '--why', 'x'],
    ['unpause'],
    ['limit', 'global', '--none'],
    ['reviewed', 'deps-ms-1'],
    ['schedule', 'add', 'deps', 'weekly', '--cron', '@daily', '--all'],
    ['schedule', 'remove', 'weekly'],
    ['token', 'add', 'ana', '--roles', 'reviewer'],
    ['token', 'remove', 'ana'],
    ['db', 'move', '--to', 'embedded'],
    ['down'],
  ])('is nobody within a job: %s', async (...argv) => {
    const { run, factory } = scene([ms], { env: { JIDOKA_JOB: 'a.1' } });
    Object.assign(factory, { operations: null, gates: null, credentials: null });
    expect(await run(...argv, '--json')).toMatchObject({ code: 2, out: expect.stringContaining('"access-refused"') });
  });
});

describe('operators', () => {
  it('pause and unpause the factory, a line and a queue', async () => {
    const { run, factory } = scene();
    for (const [scope, ...where] of [['factory'], ['line:deps', '--line', 'deps'], ['queue:stages', '--queue', 'stages']] as const) {
      expect((await run('pause', ...where, '--why', 'release week')).out).toContain(`Paused: ${scope}.`);
      expect((await run('pause', ...where, '--why', 'again')).out).toContain('that pause stands');
      expect((await factory.operations.status()).pauses).toMatchObject([{ scope, why: 'release week', by: 'cli:tester' }]);
      expect((await run('unpause', ...where)).out).toContain(`No longer paused: ${scope}.`);
      expect((await run('unpause', ...where)).out).toContain('was not paused');
    }
    expect((await run('pause', '--line', 'a', '--queue', 'b', '--why', 'x')).code).toBe(2);
  });

  it.each([
    [['--at-once', '2'], { atOnce: 2, rate: null }],
    [['--at-once', '0', '--rate', '30/1h'], { atOnce: 0, rate: { count: 30, seconds: 3600 } }],
    [['--rate', '5/10m'], { atOnce: null, rate: { count: 5, seconds: 600 } }],
    [['--rate', '1/d'], { atOnce: null, rate: { count: 1, seconds: 86_400 } }],
  ])('limit %j', async (options, limit) => {
    const { run, factory } = scene();
    expect((await run('limits')).out).toContain('Nothing is limited.');
    expect((await run('limit', 'line:deps', ...options)).code).toBe(0);
    expect((await factory.operations.status()).limits).toEqual([{ key: 'line:deps', by: 'operator', ...limit }]);
    expect((await run('limits')).out).toMatch(/line:deps/);
    expect((await run('limit', 'line:deps', '--none')).out).toBe('line:deps: no longer limited.\n');
    expect((await factory.operations.status()).limits).toEqual([]);
  });

  it.each([
    [[]],
    [['--none', '--at-once', '2']],
    [['--at-once', '-1']],
    [['--at-once', 'many']],
    [['--rate', '5']],
    [['--rate', '5/0h']],
    [['--rate', '5/1w']],
  ])('limit line:deps %j is refused', async (options) => {
    const { code, err } = await scene().run('limit', 'line:deps', ...options);
    expect([code, err]).toEqual([2, expect.stringContaining('next:')]);
  });

  it('schedule what `run` takes, with its own options', async () => {
    const { run } = scene();
    const add = ['schedule', 'add', 'deps', 'weekly', '--cron', '0 6 * * 1', '--timezone', 'Europe/Berlin', '--repo', 'shop', '--all'];
    expect(await run(...add, '--json')).toMatchObject({ code: 0, out: expect.stringContaining('"cron": "0 6 * * 1"') });
    expect((await run('schedule', 'list')).out).toMatch(/weekly +0 6 \* \* 1 Europe\/Berlin +deps +\d{4}-/);
    expect((await run('schedule', 'list', '--json')).out).toContain(join(folder, 'shop'));
    expect(await run('schedule', 'add', 'deps', 'x', '--cron', 'often', '--all')).toMatchObject({
      code: 2,
      err: expect.stringContaining('often'),
    });
    expect(await run('schedule', 'add', 'deps', 'x', '--cron', '@daily')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--package'),
    });
    expect((await run('schedule', 'remove', 'weekly')).out).toContain('weekly fires no more.');
    expect((await run('schedule', 'remove', 'weekly')).out).toContain('There was no schedule weekly.');
  });

  it('give tokens, tell them once, and take them back', async () => {
    const { run, factory } = scene();
    const { token } = JSON.parse((await run('token', 'add', 'coder', '--roles', 'station, reviewer', '--agent', '--json')).out);
    expect(await factory.credentials.who(token)).toMatchObject({ name: 'coder', kind: 'agent', roles: ['station', 'reviewer'] });
    const listed = (await run('token', 'list')).out;
    expect(listed).toMatch(/coder +agent +station, reviewer/);
    expect(listed).not.toContain(token);
    expect((await run('token', 'remove', 'coder')).out).toContain('no longer holds a token');
    expect(await factory.credentials.who(token)).toBeNull();
    expect((await run('token', 'add', 'ana', '--roles', '*')).code).toBe(2);
  });

  it('cancel a run and say that they reviewed another', async () => {
    const { run, working } = await atGate();
    expect((await run('cancel', 'deps-ms-1', '--why', 'too late')).out).toContain('Cancelled deps-ms-1: ! ESCALATE');
    expect(await working).toBe(3);
    const other = scene();
    await other.run(...runMs);
    expect((await other.run('reviewed', 'deps-ms-1')).out).toContain('no longer waits');
    expect((await other.run('reviewed', 'deps-ms-1')).out).toContain('did not wait');
  });
});

describe('status', () => {
  it('says that there is nothing to do', async () => {
    const { code, out } = await scene().run('status');
    expect([code, out]).toEqual([0, expect.stringContaining('Nothing is under way, and nothing waits for a person.')]);
    expect(out).toContain('daemon    none; `node main.js up` starts one');
  });

  it('says what is under way, who works, what is paused, limited and waits', async () => {
    const { run, factory } = await atGate();
    await factory.serve({ name: 'daemon', queues: ['stages'], labels: ['gpu'], atOnce: 3 });
    await run('pause', '--line', 'cve', '--why', 'release week');
    await run('limit', 'global', '--at-once', '4');
    const { out } = await run('status');
    expect(out).toMatch(/daemon +here +0\/3 +stages +gpu +live since/);
    expect(out).toContain('line:cve by cli:tester since 2026-01-01 00:00: release week');
    expect(out).toMatch(/global +4 +0/);
    expect(out).toContain('1 gate is open: node main.js gates');
    expect(out).toContain('deps-ms-1 deps\n    … rests');
    expect(JSON.parse((await run('status', '--json')).out)).toMatchObject({ daemon: null, gates: 1, executors: [{ name: 'daemon' }] });
  });
});

describe('db move', () => {
  const report = { from: 'embedded', to: 'db.example.com/jidoka', tables: [{ table: 'event', rows: 7 }], ms: 120 };
  const url = 'postgres://jidoka:secret@db.example.com/jidoka';

  it('keeps the new database for every later command', async () => {
    const moved: (string | null)[] = [];
    const { run } = scene([ms], { move: async (_config, to) => (moved.push(to), report) });
    const { code, out } = await run('db', 'move', '--to', url);
    expect([code, moved]).toEqual([0, [url]]);
    expect(out).toContain('Moved 7 rows from embedded to db.example.com/jidoka in 0.1 s; the counts agree.');
    expect(out).not.toContain('secret');
    expect(JSON.parse(await readFile(join(folder, 'factory.json'), 'utf8'))).toEqual({ database: url });
    await run('db', 'move', '--to', 'embedded');
    await expect(readFile(join(folder, 'factory.json'))).rejects.toThrow('ENOENT');
  });

  it('leaves everything as it is where the move is refused, or goes nowhere', async () => {
    const { run } = scene([ms], { move: async () => Promise.reject(new Error('no')) });
    expect((await run('db', 'move', '--to', url)).code).toBe(1);
    await expect(readFile(join(folder, 'factory.json'))).rejects.toThrow('ENOENT');
    expect(await run('db', 'move', '--to', 'mysql://ana:secret@x')).toMatchObject({ code: 2, err: expect.not.stringContaining('secret') });
  });

  it('says where a variable still names the old one', async () => {
    const { run } = scene([ms], { move: async () => report, env: { JIDOKA_DATABASE_URL: 'postgres://old/x' } });
    expect((await run('db', 'move', '--to', url)).out).toContain('JIDOKA_DATABASE_URL still names the old one and wins');
  });
});

describe('run', () => {
  it('task asks with the words given', async () => {
    await writeFile(join(folder, 'line.yaml'), 'kind: Line\n');
    await writeFile(join(folder, 'task.md'), 'at length');
    const { run, factory } = scene();
    await run(
      'run',
      'task',
      '--line',
      'line.yaml',
      '--title',
      'Retry',
      '--body-file',
      'task.md',
      '--key',
      'A-1',
      '--paths',
      'src/**, test/**',
    );
    expect(factory.requests[0]).toMatchObject({
      line: 'task',
      subject: { kind: 'task', key: 'A-1', title: 'Retry', body: 'at length', paths: ['src/**', 'test/**'] },
      lineFile: { path: 'line.yaml', text: 'kind: Line\n' },
    });
    expect((await run('run', 'task', '--line', 'line.yaml', '--title', ' ')).err).toContain('--title is empty.');
    expect((await run('run', 'task', '--title', 'x')).err).toContain("'--line <file>' not specified");
  });

  it('--detach leaves the work and says who takes it up', async () => {
    const { run, factory } = scene();
    const left = await run(...runMs, '--detach');
    expect(left).toMatchObject({ code: 0, out: expect.stringContaining('No worker is there to take it up: `node main.js up`') });
    expect(JSON.parse((await run(...runMs, '--detach', '--json')).out)).toEqual({ request: 'request-2', state: 'new' });
    await factory.serve({ name: 'daemon', queues: null, labels: [], atOnce: 1 });
    expect((await run(...runMs, '--detach')).out).toContain('for worker daemon on here to take up');
    expect((await run(...runMs, '--detach', '--watch')).code).toBe(2);
  });

  it('--watch tells every event of its runs once, in order, the last before the result', async () => {
    const { run, factory } = scene();
    const { code, err, out } = await run(...runMs, '--watch');
    const { events } = await factory.show('deps-ms-1');
    const told = [...err.matchAll(/^\d\d:\d\d:\d\d {2}(\S+)/gm)].map((match) => match[1]);
    expect(code).toBe(0);
    expect(told).toEqual(events.map(({ body }) => body.type));
    expect(told.at(-1)).toBe('run.ended');
    expect(err).not.toContain('57 tests');
    expect(out).toContain('✓ PR_READY');
  });

  it('a delivery that was withheld names no branch to look at', async () => {
    const { run } = scene();
    expect((await run(...runMs, '--dry-run')).out).not.toContain('git ');
  });

  it('interrupted beside a living worker goes on with it', async () => {
    const factory = new ScriptedFactory({ folder, runsOf: () => [{ ...ms, held: true }] });
    await factory.serve({ name: 'daemon', queues: null, labels: [], atOnce: 1 });
    const world = new RecordingWorld({ cwd: folder, factory });
    const working = cli(runMs, world);
    await world.stderr.wrote('baseline');
    world.send('SIGINT');
    expect(await working).toBe(130);
    expect(world.stderr.text).toContain('Run deps-ms-1 goes on with worker daemon on here; `node main.js watch deps-ms-1` follows it.');
  });
});

describe('watch', () => {
  it('follows a run to its end and ends with its verdict', async () => {
    const { run, world, working, factory } = await atGate();
    const told = world();
    const watching = cli(['watch', 'deps-ms-1'], told);
    await told.stdout.wrote('gate.opened');
    await run('reject', gate, '--note', 'no');
    expect(await watching).toBe(3);
    await working;
    const types = [...told.stdout.text.matchAll(/^\d\d:\d\d:\d\d {2}(\S+)/gm)].map((match) => match[1]);
    expect(types).toEqual((await factory.show('deps-ms-1')).events.map(({ body }) => body.type));
  });

  it('goes on behind a cursor, and ends without a fault on a signal', async () => {
    const { run, world } = scene();
    await run(...runMs);
    const told = world();
    const watching = cli(['watch', '--after', '3', '--json'], told);
    await told.stdout.wrote('run.ended');
    told.send('SIGINT');
    expect(await watching).toBe(0);
    const lines = told.stdout.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ event }) => event.runSeq)).toEqual([4, 5, 6]);
    expect(lines[0]).toMatchObject({ cursor: '4', event: { run: 'deps-ms-1' } });
  });

  it('ends when its reader has gone', async () => {
    const { run, world } = scene();
    const told = world();
    told.stdout.isGone = true;
    const watching = cli(['watch', '--after', '0'], told);
    await run(...runMs);
    expect(await watching).toBe(0);
  });

  it('refuses what is no cursor', async () => {
    expect((await scene().run('watch', '--after', 'soon')).code).toBe(2);
  });
});

describe('worker', () => {
  it('serves with what it was given, says so, and stops on a signal', async () => {
    const { world, factory } = scene();
    const told = world();
    const serving = cli(['worker', '--queues', 'stages,slow', '--labels', 'gpu', '--at-once', '1', '--name', 'big'], told);
    await told.stderr.wrote('Serves queue stages, slow with labels gpu, 1 at once.');
    expect((await factory.operations.status()).executors).toMatchObject([
      { name: 'big', queues: ['stages', 'slow'], labels: ['gpu'], atOnce: 1 },
    ]);
    told.send('SIGTERM');
    expect(await serving).toBe(0);
    expect((await factory.operations.status()).executors).toEqual([]);
  });

  it.each([
    ['--at-once', '0'],
    ['--at-once', 'x'],
    ['--queues', 'a,,b'],
    ['--labels', ','],
  ])('%s %s is refused', async (...options) => {
    expect((await scene().run('worker', ...options)).code).toBe(2);
  });

  it('says so and ends with a fault when it can serve no more', async () => {
    const { factory, world } = scene();
    Object.assign(factory, {
      serve: async () => ({ executor: 'one', stop: async () => undefined, lost: Promise.reject(new Error('the database is gone')) }),
    });
    const told = world();
    expect(await cli(['worker'], told)).toBe(1);
    expect(told.stderr.text).toContain('the database is gone');
  });
});

it('down finds nothing to stop and is content', async () => {
  expect(await scene().run('down')).toMatchObject({ code: 0, out: 'No daemon was running.\n' });
});
