import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MadeRepository } from '../../kit/forge/index.ts';
import type { Ended } from '../../kit/scenario/index.ts';
import { openScene, type Scene } from './scene.ts';

const line = `apiVersion: jidoka/v1
kind: Line
name: held
summary: A change, and a command that stands until a file is there.
seed: task
nonGoals: []
scope: { paths: ["src/**"], protectedPaths: [] }
stages:
  - { id: applicability, does: applicability }
  - { id: baseline, does: baseline, timeout: 5m }
  - { id: change, does: change, station: command, run: [sh, -c, 'mkdir -p src && echo 1 > src/made.js'], timeout: 5m }
  - { id: held, does: command, run: [sh, -c, 'until test -e go; do sleep 0.2; done'], timeout: 5m }
  - { id: inspection, does: inspection, timeout: 5m }
inspection:
  - { check: station, demand: must-hold }
  - { check: scope, demand: must-hold }
  - { check: command, demand: must-hold }
  - { check: install, demand: must-hold }
  - { check: tests, demand: must-hold }
  - { check: canary, demand: must-hold }
  - { check: tamper, demand: must-hold }
noOpRules: []
policy: { baselineRuns: 1, minimumReleaseAgeDays: 0, reuseBaseline: 7d }
`;

interface Row {
  readonly stage: string;
  readonly base: string | null;
  readonly workspace: string | null;
  readonly where: { readonly floor: string; readonly tier: string; readonly host: string };
}

describe.each([
  ['sandbox', 'T2'],
  ['host', 'T0'],
])('on the floor %s the doors', (floor, tier) => {
  let scene: Scene;
  let repository: MadeRepository;
  let run = '';

  const jidoka = (...args: readonly string[]): Promise<Ended> => scene.jidoka(args, { env: { JIDOKA_FLOOR: floor } });
  const shell = (...command: readonly string[]): Promise<Ended> => jidoka('shell', run, '--', ...command);
  const json = async <T>(...args: readonly string[]): Promise<T> => JSON.parse((await jidoka(...args, '--json')).stdout) as T;
  const names = async (): Promise<readonly string[]> => {
    const { workspaces } = await json<{
      readonly workspaces: readonly { readonly ref: { readonly name: string }; readonly state: string }[];
    }>('floor', 'list');
    return workspaces.filter(({ state }) => state !== 'base').map(({ ref }) => ref.name);
  };

  beforeAll(async () => {
    scene = await openScene([]);
    repository = await scene.project({});
  });
  afterAll(() => scene.close());

  it('tell what was proved of it, and make the base of a repository once', async () => {
    const probe = await jidoka('floor', 'probe', '--json');
    expect(probe.code).toBe(tier === 'T0' ? 1 : 0);
    expect(JSON.parse(probe.stdout)).toMatchObject({ kind: floor, tier });
    const first = await json<{ readonly reused: boolean; readonly base: { readonly key: string } }>('floor', 'prepare', repository.path);
    expect(first).toMatchObject({ reused: false, base: { floor } });
    expect(await json('floor', 'prepare', repository.path)).toMatchObject({ reused: true, base: first.base });
  });

  it('let a person into a stage under way, who sees what it sees, and tell where each stage runs', async () => {
    const words = ['run', 'task', '--line', await scene.write('held.yaml', line), '--repo', repository.path, '--title', 'Hold', '--json'];
    const working = scene.start(words, { env: { JIDOKA_FLOOR: floor } });
    const said = await working.says((text) => text.startsWith('Hold ('));
    run = said.slice('Hold ('.length, -1);
    await working.says((text) => /^\s+held …/.test(text));
    const visit = await untilLive(() => shell('sh', '-c', 'cat src/made.js; ls; touch go'));
    expect(visit).toMatchObject({ code: 0, stdout: expect.stringMatching(/^1\n[^]*package\.json/) });
    expect(visit.stderr).toContain(`(${tier}), live: held is under way`);
    expect((await working.ended).code).toBe(0);
    const { stages } = await json<{ readonly stages: readonly Row[] }>('where', run);
    expect(stages.map(({ stage }) => stage)).toEqual(['applicability', 'baseline', 'change', 'held', 'inspection']);
    for (const row of stages.slice(1))
      expect(row).toMatchObject({
        where: { floor, tier },
        base: expect.stringMatching(/^[0-9a-f]{64}$/),
        workspace: expect.stringContaining(run),
      });
    expect((await jidoka('show', run)).stdout).toMatch(/entered the workspace/);
  });

  it('rebuild the workspace of a run that is over, with its change and without its leftovers, and remove it', async () => {
    const seen = await shell('sh', '-c', 'git status --porcelain; cat src/made.js; echo $HOME >&2; exit 9');
    expect(seen).toMatchObject({ code: 9, stdout: '?? src/\n1\n' });
    expect(seen.stderr).toMatch(new RegExp(`shell-${run}-1 on floor ${floor} \\(${tier}\\), rebuilt`));
    expect((await shell('test', '-e', 'go')).code).toBe(1);
    expect(await names()).toEqual([]);
  });

  it('give a person a terminal inside, and that of the person back as it was', async () => {
    const program = fileURLToPath(new URL('../../dist/src/doors/cli/main.js', import.meta.url));
    const outside = `stty rows 31 cols 97; ${process.execPath} ${program} shell ${run}; echo "ended $?"; stty -a`;
    const said = await atTerminal(outside, { ...scene.env, JIDOKA_FLOOR: floor }, 'stty size; tty; exit 4\r');
    expect(said).toMatch(/31 97\s+\/dev\/pts\/\d+\s[^]*ended 4\s/);
    expect(said.slice(said.indexOf('ended 4'))).toMatch(/ icanon [^]* echo /);
  });

  it('remove what a killed visitor left', async () => {
    const visitor = scene.start(['shell', run, '--', 'sh', '-c', 'echo here >&2; exec sleep 300'], { env: { JIDOKA_FLOOR: floor } });
    await visitor.says((text) => text.includes('rebuilt'));
    visitor.kill('SIGKILL');
    await visitor.ended;
    // Whatever command is next reaps when it closes; a dry run tells before that.
    const { removed } = await json<{ readonly removed: readonly { readonly ref: { readonly name: string } }[] }>(
      'floor',
      'reap',
      '--dry-run',
    );
    expect(removed.map(({ ref }) => ref.name)).toEqual([`shell-${run}-1`]);
    await jidoka('floor', 'reap');
    expect(await names()).toEqual([]);
  });
});

/** Gives a script a terminal, types a text into it once a shell of it prompts, and returns what was shown. */
async function atTerminal(script: string, env: Readonly<Record<string, string>>, typed: string): Promise<string> {
  const child = spawn('script', ['-qec', script, '/dev/null'], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  let shown = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const hadPrompt = shown.includes('$ ');
    shown += chunk.toString('utf8');
    if (!hadPrompt && shown.includes('$ ')) child.stdin.write(typed);
  });
  await once(child, 'close');
  return shown;
}

/** A stage says that it begins a moment before it has a workspace. */
async function untilLive(visit: () => Promise<Ended>): Promise<Ended> {
  for (let times = 0; times < 30; times += 1) {
    const ended = await visit();
    if (ended.stderr.includes(', live: held')) return ended;
  }
  throw new Error('The stage has had no workspace for long.');
}
