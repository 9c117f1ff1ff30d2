import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordingWorld, ScriptedFactory, type FactoryScript, type WorldSetting } from '../../../kit/factory/index.ts';
import { folderWorkspace } from '../../../kit/floor/folder-workspace.ts';
import { parseRunId } from '../../core/base/ids.ts';
import { floorMark } from '../../core/base/floor-mark.ts';
import { JidokaError } from '../../core/base/error.ts';
import type { EventBody } from '../../core/evidence/event.ts';
import type { Where } from '../../core/evidence/where.ts';
import type { Command, WorkspaceView } from '../../core/ports/floor.ts';
import { cli } from './cli.ts';
import { programOf } from './commands/floor/program.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-floor-doors-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Scene {
  readonly factory: ScriptedFactory;
  world(setting?: Partial<WorldSetting>): RecordingWorld;
  run(...argv: string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }>;
}

function scene(floor: FactoryScript['floor'] = {}, setting: Partial<WorldSetting> = {}): Scene {
  const factory = new ScriptedFactory({ folder, floor, runsOf: () => [{ run, title: 'ms', verdict: 'PR_READY' }] });
  Object.assign(factory, { close: async () => undefined }); // it is the next command's too
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

const run = 'deps-ms-1';

function view(name: string, state: WorkspaceView['state'], owner = ''): WorkspaceView {
  return { ref: { floor: 'sandbox', host: 'here', name }, state, owner, since: '2026-01-01T10:00:00.000Z' };
}

describe('floor probe', () => {
  it('tells the tier with each claim and its proof, and ends with 0 where commands run confined', async () => {
    const { code, out } = await scene().run('floor', 'probe');
    expect(code).toBe(0);
    expect(out).toMatch(/^✓ floor sandbox, tier T2: commands run confined\n/);
    expect(out).toMatch(/wall +bubblewrap\n[^]*limits +cgroup-v2\n[^]*layers +overlay\n[^]*user +nobody/);
    expect(out).toMatch(/✓ fs\.read\.confined +proved +A file of this host is not there\./);
    expect(out).toMatch(/- limits\.memory +unsupported +Nothing of this host counts memory\./);
    expect(out).toContain('! memory is not limited');
    expect(out).not.toContain('image');
  });

  it('ends with 1 where they would run without walls', async () => {
    const probe = { ...(await scene().factory.floor.probe()), kind: 'host', tier: 'T0', wall: 'none', claims: [] } as const;
    const { code, out } = await scene({ probe: () => probe }).run('floor', 'probe', '--json');
    expect([code, JSON.parse(out)]).toEqual([1, { ...probe, confined: false }]);
  });

  it('ends with 1 where the floor refuses, with what to do', async () => {
    const refuse = (): never => {
      throw new JidokaError('no-sandbox', 'This machine cannot confine commands.', { mend: 'Install bubblewrap.' });
    };
    const { code, err } = await scene({ probe: refuse }).run('floor', 'probe');
    expect([code, err]).toEqual([1, '✗ This machine cannot confine commands.\n  next: Install bubblewrap.\n']);
  });
});

describe('what stands on the floor', () => {
  const standing = [
    view('deps-ms-1-change', 'live', 'process 12 on here'),
    view('deps-old-1', 'stray'),
    view('task-2', 'left', 'process 9 on here'),
  ];

  it('is listed, and nothing is said to be nothing', async () => {
    const { out } = await scene({ standing }).run('floor', 'list');
    expect(out).toMatch(/NAME +STATE +OWNER +SINCE\ndeps-ms-1-change +live +process 12 on here +2026-01-01 10:00\n/);
    expect((await scene().run('floor', 'list')).out).toBe('Nothing stands on the floor.\n');
    expect(JSON.parse((await scene().run('floor', 'list', '--json')).out)).toEqual({ workspaces: [] });
  });

  it('is reaped of strays alone; a dry run only tells', async () => {
    const { run: give } = scene({ standing });
    const dry = await give('floor', 'reap', '--dry-run');
    expect(dry.out).toMatch(/^Would remove 1:\nNAME[^\n]+\ndeps-old-1 +stray/);
    expect(dry.out).toMatch(/Left as they are, because a command that was started there may go on[^]*task-2 +left/);
    expect(JSON.parse((await give('floor', 'reap', '--json')).out)).toMatchObject({
      dryRun: false,
      removed: [{ ref: { name: 'deps-old-1' } }],
    });
    expect((await give('floor', 'reap')).out).toMatch(/^Nothing is to be removed\.\n\nLeft/);
  });
});

describe('floor prepare', () => {
  it('tells what the base was made of, and whether it was there', async () => {
    const made = {
      environment: '.devcontainer/devcontainer.json',
      setup: ['npm ci'],
      refused: ['privileged: it is for trusted repositories'],
    };
    const { run: give } = scene({ prepare: () => made });
    const { code, out } = await give('floor', 'prepare', 'shop');
    expect(code).toBe(0);
    expect(out).toMatch(/base [0-9a-f]{64} on floor sandbox, built now/);
    expect(out).toContain(join(folder, 'shop'));
    expect(out).toMatch(/environment +\.devcontainer\/devcontainer\.json[^]*ran +npm ci[^]*refused privileged/);
    expect((await give('floor', 'prepare', join(folder, 'shop'))).out).toContain('which was there already');
  });

  it('prepares the current folder where nothing is said', async () => {
    const { out } = await scene().run('floor', 'prepare');
    expect(out).toMatch(new RegExp(`repository +${folder}\n`));
    expect(out).toContain('none: the repository says nothing of it');
  });

  it('ends with 3 where the setup fails, after the last lines of it', async () => {
    const prepare = (): never => {
      const data = { stdout: 'building\n', stderr: `${Array.from({ length: 40 }, (_, at) => `line ${at}`).join('\n')}\n` };
      throw new JidokaError('setup-failed', '`npm ci` ended with 1.', { mend: 'Mend it.', data });
    };
    const { code, err } = await scene({ prepare }).run('floor', 'prepare');
    expect(code).toBe(3);
    expect(err).toMatch(/^ {2}building\n {2}line 28\n[^]*line 39\n✗ `npm ci` ended with 1\./);
  });
});

describe('where', () => {
  const where: Where = {
    host: 'build-7',
    platform: 'linux',
    executor: 'e1',
    pid: 7,
    floor: 'sandbox',
    tier: 'T2',
    user: 'nobody',
    node: 'v20',
    npm: '11',
    wall: 'bubblewrap',
    limits: 'cgroup-v2',
    image: null,
    region: 'eu-central',
  };

  async function happened(made: Scene, ...bodies: readonly EventBody[]): Promise<void> {
    await made.run('run', 'deps', '--package', 'ms');
    const events = bodies.map((body, at) => ({ key: `told/${at}`, at: `2026-01-01T10:0${at}:00.000Z`, actor: 'factory', body }));
    await made.factory.ledger.append(parseRunId(run), events);
  }

  it('tells each start of each stage with base, harness and model', async () => {
    const made = scene();
    const change = { ...where, harness: { name: 'coder', version: '1.2.0' }, model: 'm-5' };
    await happened(
      made,
      { type: 'stage.started', stage: 'baseline', attempt: 1, where },
      { type: 'workspace.opened', stage: 'baseline', attempt: 1, ref: view('w1', 'live').ref, base: 'b'.repeat(64) },
      { type: 'stage.started', stage: 'change', attempt: 2, where: change },
    );
    const { out } = await made.run('where', run);
    expect(out).toMatch(/^STAGE +HOST +FLOOR +WALL +ON +HARNESS +REGION +WHEN\n/);
    expect(out).toMatch(/baseline +build-7 +sandbox T2 +bubblewrap +base bbbbbbbbbbbb +eu-central +2026-01-01 10:00:00\n/);
    expect(out).toMatch(/change \(2\) +build-7 +sandbox T2 +bubblewrap +coder 1\.2\.0, m-5 +eu-central +2026-01-01 10:02:00\n/);
    const { stages } = JSON.parse((await made.run('where', run, '--json')).out) as { readonly stages: readonly unknown[] };
    expect(stages).toMatchObject([
      { base: 'b'.repeat(64), workspace: 'w1' },
      { base: null, workspace: null, attempt: 2 },
    ]);
  });

  it('leaves out what runs of older versions do not know', async () => {
    const made = scene();
    const { wall: _wall, limits: _limits, image: _image, region: _region, ...older } = where;
    await happened(made, { type: 'stage.started', stage: 'baseline', attempt: 1, where: older });
    expect((await made.run('where', run)).out).toMatch(/^STAGE +HOST +FLOOR +WHEN\nbaseline +build-7 +sandbox T2 +2026/);
  });

  it('without a run tells where a stage would run now', async () => {
    expect((await scene().run('where')).out).toMatch(/^STAGE +HOST +FLOOR +WALL\nhere +here +sandbox T2 +bubblewrap\n$/);
  });

  it('knows no other runs', async () => {
    expect(await scene().run('where', 'nothing')).toMatchObject({ code: 2, err: expect.stringContaining('No run nothing') });
  });
});

describe('shell', () => {
  const prompt = process.getuid?.() === 0 ? '# ' : '$ ';
  const left = async (): Promise<readonly string[]> => (await readdir(folder)).filter((name) => name.startsWith('shell-'));

  it('runs one command in the workspace and ends as it ended; nothing is left', async () => {
    const { run: give, factory } = scene();
    const { code, out, err } = await give('shell', run, '--', 'sh', '-c', 'pwd; echo bad >&2; exit 7');
    expect(code).toBe(7);
    expect(out).toMatch(new RegExp(`^${folder}/shell-${run}-\\w+\n$`));
    expect(err).toMatch(/shell-deps-ms-1-\w+ on floor folder \(T2\), rebuilt: [^]*Nothing done here becomes part of the run[^]*\nbad\n$/);
    expect(await factory.floor.list()).toEqual([]);
    expect(await left()).toEqual([]);
  });

  it('gives the command its input and takes options after -- for the command', async () => {
    const { world } = scene();
    const one = world({ terminal: { input: 'a\nb\n' } });
    expect(await cli(['shell', run, '--', 'wc', '-l'], one)).toBe(0);
    expect(one.stdout.text.trim()).toBe('2');
    expect(one.terminal.rawReadings).toEqual([false]);
  });

  it('without a terminal is a shell that reads its input', async () => {
    const { world } = scene();
    const one = world({ terminal: { input: 'echo $((6 * 7))\nexit 5\n' } });
    expect(await cli(['shell', run], one)).toBe(5);
    expect(one.stdout.text).toBe('42\n');
  });

  it('at a terminal has one inside, of the same size, and gives the keys back', async () => {
    const { world } = scene();
    const one = world({ terminal: { size: { rows: 31, columns: 99 } } });
    const shelling = cli(['shell', run], one);
    await one.stdout.wrote(prompt);
    expect(one.terminal.isRaw).toBe(true);
    await one.terminal.type('stty size; test -t 0 && echo "tty ""inside"\r');
    await one.stdout.wrote('tty inside');
    expect(one.stdout.text).toContain('31 99');
    await one.terminal.type('exit 4\r');
    expect(await shelling).toBe(4);
    expect(one.terminal.isRaw).toBe(false);
  });

  it('at a terminal hands Ctrl-C to what runs inside and goes on', async () => {
    const { world } = scene();
    const one = world({ terminal: { size: { rows: 24, columns: 80 } } });
    const shelling = cli(['shell', run], one);
    await one.stdout.wrote(prompt);
    await one.terminal.type('sh -c \'echo be""gun; exec sleep 600\'\r');
    await one.stdout.wrote('begun');
    one.send('SIGINT');
    await one.stdout.wrote('^C');
    await one.terminal.type('exit 0\r');
    expect(await shelling).toBe(0);
  });

  it('says so where no terminal can be had inside, and leaves the keys as they are', async () => {
    const place = folderWorkspace(folder);
    const bare = { converse: (command: Command) => place.converse({ ...command, env: { PATH: join(folder, 'none') } }) };
    const one = scene().world({ terminal: { size: { rows: 24, columns: 80 } } });
    const program = await programOf(bare, [], one);
    expect(program).toMatchObject({ hasTerminal: false, note: expect.stringContaining('no `script` of util-linux') });
    expect(await programOf(place, [], one)).toMatchObject({ hasTerminal: true, note: '' });
  });

  it('is ended by a signal with all that ran in it', async () => {
    const { world } = scene();
    const one = world();
    const running = cli(['shell', run, '--', 'sh', '-c', 'echo begun; exec sleep 600'], one);
    await one.stdout.wrote('begun');
    one.send('SIGTERM');
    expect(await running).toBe(143);
    expect(one.stderr.text).toContain('Interrupted by SIGTERM');
    expect(await left()).toEqual([]);
  });

  it('says of a live workspace that its stage sees what is done', async () => {
    const { run: give, factory } = scene({ how: 'live' });
    const { err } = await give('shell', run, '--stage', 'fix', '--', 'true');
    expect(err).toContain('live: fix is under way in it and sees what you change');
    expect(factory.floor.entered).toEqual(['fix']);
  });

  it('is for people: an agent by its token and whoever is within a job are refused', async () => {
    const { run: give, factory, world } = scene();
    const { token } = await factory.credentials.add({ name: 'coder', kind: 'agent', roles: ['*'] });
    expect(await give('shell', run, '--token', token, '--', 'true')).toMatchObject({
      code: 2,
      err: expect.stringContaining('coder is an agent'),
    });
    const inside = world({ env: { [floorMark]: '1' } });
    expect(await cli(['shell', run, '--', 'true'], inside)).toBe(2);
    expect(factory.floor.entered).toEqual([]);
  });

  it('has no document to print', async () => {
    expect(await scene().run('shell', run, '--json')).toMatchObject({ code: 2 });
    expect(await left()).toEqual([]);
  });
});

it('work on the floor host is said to be unconfined, on stderr, and on others nothing is said', async () => {
  const { run: give } = scene();
  const unconfined = 'UNCONFINED: commands of the repository run with your rights (floor host, T0)';
  expect((await give('--floor', 'host', 'run', 'deps', '--package', 'ms', '--json')).err).toContain(unconfined);
  expect((await give('--floor', 'host', 'resume', run)).err).toContain(unconfined);
  expect((await give('--floor', 'sandbox', 'run', 'deps', '--package', 'ms')).err).not.toContain('UNCONFINED');
});
