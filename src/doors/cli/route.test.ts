import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordingWorld, ScriptedFactory } from '../../../kit/factory/index.ts';
import { parseRunId } from '../../core/base/ids.ts';
import { chanceSource } from '../../core/gateway/evaluation/chance-source.ts';
import type { PlannedRoute } from '../../core/gateway/routing/plan-run.ts';
import { readGatewaySettings } from '../../gateway-settings.ts';
import { describeSlots, openGateway, openModelStore } from '../../gateway.ts';
import { productLines } from '../../product-lines.ts';
import { publicPriors } from '../../shipped.ts';
import { cli } from './cli.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-route-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Jobs on which a dear model is better, and a cheap one right half of the time. */
function outcomes(tasks: number): string {
  const next = chanceSource(5);
  const lines = Array.from({ length: tasks }, (_, at) => [
    { task: `t${at}`, model: 'cheap', right: next() < 0.5, usd: 0.1 },
    { task: `t${at}`, model: 'strong', right: next() < 0.8, usd: 1 },
  ]);
  return lines
    .flat()
    .map((record) => JSON.stringify(record))
    .join('\n');
}

async function run(args: readonly string[], stdin: string | Uint8Array = '') {
  const world = new RecordingWorld({ cwd: folder, stdin });
  const code = await cli(['route', 'eval', ...args], world);
  return { code, out: world.stdout.text, err: world.stderr.text };
}

describe('route eval', () => {
  it('tells of every policy quality, cost and wrong deliveries with their intervals, and how it came by them', async () => {
    await writeFile(join(folder, 'o.jsonl'), `${outcomes(80)}\n`);
    const { code, out } = await run(['o.jsonl', '--json', '--seed', '7']);
    expect(code).toBe(0);
    const found = JSON.parse(out) as { policies: { policy: string; right: { value: number; low: number; high: number } }[] };
    expect(found).toMatchObject({
      models: ['cheap', 'strong'],
      tasks: { chosenOn: 40, judgedOn: 40, leftOut: 0 },
      settings: { seed: 7, splitBy: 'task' },
    });
    expect(found.policies.map(({ policy }) => policy)).toEqual(['always-best', 'best-static', 'router']);
    for (const { right } of found.policies) expect(right.low <= right.value && right.value <= right.high).toBe(true);
    const text = (await run(['o.jsonl'])).out;
    expect(text).toMatch(/best-static +cheap > strong|best-static +strong/);
    expect(text).toContain('40 tasks to choose on, 40 others to judge on');
    expect(text).toMatch(/against the best static plan/);
  });

  it('takes what is piped in, in whatever pieces, and exits 3 where a saving is demanded and not shown', async () => {
    const piped = await run(['-', '--must-save'], new TextEncoder().encode(outcomes(30)));
    expect(piped.code).toBe(piped.out.includes('is not shown to save') ? 3 : 0);
  });

  it('tells figures without intervals of few tasks, and that more are needed', async () => {
    const { code, out } = await run(['-', '--must-save'], outcomes(12));
    expect(code).toBe(3);
    expect(out).toMatch(/best-static +\S.* \d+\.\d +\d+\.\d +\d\.\d{4} +\d/);
    expect(out).not.toMatch(/\d \(/);
    expect(out).toContain('only 6 tasks were left to judge on, and 20 are needed to tell an interval');
    expect(out).toContain('No interval is told of fewer than 20 tasks.');
  });

  it.each([
    ['an empty file', '', [], 'stdin: It holds no outcome.'],
    ['a bad line, by its number', `${outcomes(2)}\n\n{"task":`, [], 'stdin:6: This is not JSON.'],
    ['an unknown member', '{"task":"t","model":"m","right":true,"usd":1,"cost":2}', [], 'stdin:1: Unrecognized key: "cost".'],
    [
      'a trial told twice',
      '{"task":"t","model":"m","right":true,"usd":1,"trial":1}\n{"task":"t","model":"m","right":true,"usd":1,"trial":1}',
      [],
      'stdin:2: Trial 1 of m at t was told before.',
    ],
    ['a line without end', 'x'.repeat(200_000), [], 'stdin:1: This line has more than 100000 characters.'],
    ['too few tasks', outcomes(1), [], 'Nothing can be judged'],
    ['a share that is none', outcomes(4), ['--wrong-cap', '5'], '--wrong-cap 5 is not a share from 0 to 1'],
  ])('refuses %s', async (_, text, more, told) => {
    const { code, err } = await run(['-', ...more], text);
    expect(code).toBe(2);
    expect(err).toContain(told);
  });

  it('refuses a file that is not there', async () => {
    const { code, err } = await run(['none.jsonl']);
    expect(code).toBe(2);
    expect(err).toContain('none.jsonl cannot be read');
  });
});

describe('route explain', () => {
  const config = `gateway:
  providers: { a: { protocols: [chat], base: "https://api.example.com", vendor: a, region: us } }
  models:
    small: { upstreams: [a/small], prior: GPT-5 mini, price: { asOf: 2026-11-20, input: 0.25, output: 2 }, window: 200000, output: 64000, capabilities: [tools], weights: closed }
    strong: { upstreams: [a/big], prior: Opus 4.5, price: { asOf: 2026-11-20, input: 5, output: 25 }, window: 200000, output: 64000, capabilities: [tools], weights: closed }
    mute: { upstreams: [a/mute], prior: Opus 4.6, price: { asOf: 2026-11-20, input: 5, output: 25 }, window: 200000, output: 64000, capabilities: [], weights: closed }
  slots: { coder: auto, small-talk: mute }
  lines: { bug: { quality: 0.7, wrongCap: 0.05 } }
`;

  async function explain(args: readonly string[], stdin = '') {
    await writeFile(join(folder, 'factory.yaml'), config);
    const factory = new ScriptedFactory({ folder, runsOf: () => [{ run: 'bug-1', title: 'x', verdict: 'PR_READY' }] });
    const gateway = { read: readGatewaySettings, open: openGateway, describe: describeSlots, store: openModelStore };
    const world = new RecordingWorld({ cwd: folder, stdin, factory, gateway, shipped: { lines: productLines, priors: publicPriors } });
    const code = await cli(['route', 'explain', ...args], world);
    return { code, out: world.stdout.text, err: world.stderr.text, factory, world };
  }
  const now = ['--config', 'factory.yaml', '--line', 'bug'];

  it('shows features, chances, threshold, the plan, and what the others would have cost', async () => {
    const { code, out } = await explain([...now, '--seed', '-'], 'Mend src/a.ts\n    at parse (src/a.ts:3:1)');
    expect(code).toBe(0);
    expect(out).toMatch(/plan +small > strong/);
    expect(out).toMatch(/hasStackTrace +1\.00 +-0\.05/);
    expect(out).toMatch(/small +\d\d\.\d % +59\.8 %/);
    expect(out).toContain('Threshold: right in 70.0 % at least, wrong in 5.0 % at most.');
    expect(out).toMatch(/strong > small +\d\d\.\d % +\d\.\d % +\d+\.\d % +\$\d\.\d{3}/);
  });

  it('takes what a person would choose, and exits 3 where no plan is good enough', async () => {
    const own = await explain([...now, '--plan', 'strong', '--json']);
    expect(JSON.parse(own.out)).toMatchObject({
      plan: ['strong'],
      because: 'override',
      override: { by: 'cli:tester' },
      isLearnedFrom: false,
    });
    const none = await explain([...now, '--slot', 'small-talk', '--json']);
    expect(none.code).toBe(3);
    expect(JSON.parse(none.out)).toMatchObject({ plan: null, because: 'nothing-fits' });
    expect((await explain([...now, '--plan', 'strong'])).out.match(/^[* ] +strong +\d\d\.\d % +\d/gm)).toHaveLength(1);
  });

  it('reads what was chosen for a run from its ledger, and says where nothing was', async () => {
    const first = await explain([...now, '--json']);
    const route = JSON.parse(first.out) as PlannedRoute; // printed by the command itself
    await writeFile(join(folder, 'factory.yaml'), config);
    const factory = new ScriptedFactory({ folder, runsOf: () => [{ run: 'bug-1', title: 'x', verdict: 'PR_READY' }] });
    const world = new RecordingWorld({ cwd: folder, factory });
    const body = { type: 'route.decided', stage: 'change', attempt: 1, route } as const;
    await factory.ledger.append(parseRunId('bug-1'), [{ key: 'route/change', at: '2026-01-01T00:00:00.000Z', actor: 'factory', body }]);
    expect(await cli(['route', 'explain', 'bug-1'], world)).toBe(0);
    expect(world.stdout.text).toMatch(/Stage change[^]*plan +small > strong/);
    await factory.ledger.append(parseRunId('bug-2'), [
      { key: 'x', at: '2026-01-01T00:00:00.000Z', actor: 'factory', body: { type: 'run.cancelled', by: 'a', why: '' } },
    ]);
    const silent = new RecordingWorld({ cwd: folder, factory });
    expect(await cli(['route', 'explain', 'bug-2'], silent)).toBe(0);
    expect(silent.stdout.text).toContain('No plan was chosen for bug-2');
  });

  it.each([
    [[], 'Neither a run nor a job was named.'],
    [['bug-1', '--line', 'bug'], '--line is for a job that nobody gave yet'],
    [['no-such-run'], 'No run no-such-run is in the ledger.'],
    [['--line', 'bugg'], '--line "bugg" is not known here.\n  next: Did you mean "bug"?'],
    [['--line', 'bug', '--slot', 'codr'], '--slot "codr" leads to no model.\n  next: Did you mean "coder"?'],
    [['--line', 'bug', '--plan', 'smal'], '--plan smal: "smal" is no model of this factory.\n  next: Did you mean "small"?'],
    [['--line', 'bug', '--plan', 'small,small'], '"small" is named twice'],
  ])('refuses %j', async (args, told) => {
    const { code, err } = await explain(args[0]?.startsWith('--') ? ['--config', 'factory.yaml', ...args] : args);
    expect(code).toBe(2);
    expect(err).toContain(told);
  });
});
