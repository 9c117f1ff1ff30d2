import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordingWorld, ScriptedFactory } from '../../../kit/factory/index.ts';
import { floorMark } from '../../core/base/floor-mark.ts';
import { parseRunId } from '../../core/base/ids.ts';
import type { EventBody } from '../../core/evidence/event.ts';
import { chanceSource } from '../../core/gateway/evaluation/chance-source.ts';
import type { OutcomeRecord } from '../../core/gateway/evaluation/outcome-record.ts';
import type { PlannedRoute } from '../../core/gateway/routing/plan-run.ts';
import { cli } from './cli.ts';

let folder: string;
let factory: ScriptedFactory;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-learning-'));
  factory = new ScriptedFactory({ folder, runsOf: () => [] });
});
afterEach(() => rm(folder, { recursive: true }));

async function said(args: readonly string[], { stdin = '', env = {} } = {}) {
  const world = new RecordingWorld({ cwd: folder, factory, stdin, env });
  const code = await cli(args, world);
  return { code, out: world.stdout.text, err: world.stderr.text };
}

const seed = { kind: 'task', line: 'bug', key: 'one', repository: { location: '/shop', baseCommit: 'c1' } };
const route = {
  slot: 'coder',
  plan: ['cheap'],
  because: 'worth',
  propensity: 0.95,
  prefixes: [0.96],
  difficulty: 0.5,
  features: { length: 0.1 },
  chances: { cheap: { solves: 0.6 } },
  sources: { cheap: { usd: 0.1 } },
  excluded: [],
  validator: { sensitivity: 0.95, falsePass: 0.05 },
  stakes: { value: 10, loss: 20, person: 5, validation: 0.01, quality: 0.5, wrongCap: 0.2 },
  taken: null,
} as unknown as PlannedRoute; // the parts that are read

const madeAt = '2026-01-01T00:00:00.000Z';

/** A run that ended, with a model's change that passed. */
async function ended(run = 'bug-1', usd: number | null = 0.2): Promise<void> {
  const usage = { model: 'small-1', input: 1, cacheRead: 0, cacheWrite: 0, output: 1, reasoning: null, costUsd: usd };
  const claim = { kind: 'claim', station: 'codex', says: 'changed', code: 'done', summary: '', steps: [], usage, logs: [] };
  const bodies = [
    { type: 'run.started', seed, line: { name: 'bug', digest: '' }, attempt: 1, version: '0' },
    { type: 'route.decided', stage: 'change', attempt: 1, route },
    { type: 'claim.made', stage: 'change', form: 'change', attempt: 1, claim },
    { type: 'verdict.decided', verdict: 'PR_READY', reason: { code: 'validated', message: '' } },
    { type: 'run.ended', verdict: 'PR_READY' },
  ] as unknown as readonly EventBody[]; // the parts that are read
  await factory.ledger.append(
    parseRunId(run),
    bodies.map((body, place) => ({ key: String(place), at: madeAt, actor: 'factory', body })),
  );
}

describe('judge', () => {
  it('puts on record what a person found, with his words', async () => {
    await ended();
    const { code, out } = await said(['judge', 'bug-1', '--wrong', '--why', 'reverted']);
    expect([code, out]).toEqual([0, expect.stringContaining('bug-1 (PR_READY) is on record as wrong.')]);
    const last = (await factory.ledger.read(parseRunId('bug-1'))).at(-1);
    expect(last?.body).toEqual({ type: 'outcome.judged', right: false, why: 'reverted', by: 'cli:tester' });
    expect(JSON.parse((await said(['judge', 'bug-1', '--right', '--json'])).out)).toMatchObject({ right: true, changed: true });
  });

  it('is not taken of a run without a result, and what is said again is not said twice', async () => {
    await factory.ledger.append(parseRunId('bug-2'), [
      { key: '0', at: madeAt, actor: 'factory', body: { type: 'stage.forgone', stage: 'lint', attempt: 1, why: '' } },
    ]);
    expect(await said(['judge', 'bug-2', '--right'])).toMatchObject({ code: 2, err: expect.stringContaining('has no result') });
    await ended();
    await said(['judge', 'bug-1', '--right']);
    expect((await said(['judge', 'bug-1', '--right'])).out).toContain('was said to be right before');
  });

  it.each([
    [['bug-1'], 'Neither --right nor --wrong was given.'],
    [['bug-1', '--right', '--wrong'], 'Both --right and --wrong were given.'],
  ])('refuses %j', async (args, told) => {
    await ended();
    expect(await said(['judge', ...args])).toMatchObject({ code: 2, err: expect.stringContaining(told) });
  });

  it('is for people: neither from within a job nor with the token of an agent', async () => {
    await ended();
    expect(await said(['judge', 'bug-1', '--right'], { env: { [floorMark]: 'a.1' } })).toMatchObject({
      code: 2,
      err: expect.stringContaining('for people'),
    });
    const { token } = await factory.credentials.add({ name: 'coder', kind: 'agent', roles: ['*'] });
    expect(await said(['judge', 'bug-1', '--right', '--token', token])).toMatchObject({ code: 2 });
    expect((await factory.ledger.read(parseRunId('bug-1'))).at(-1)?.body.type).toBe('run.ended');
  });
});

describe('route export', () => {
  it('writes what attempts came to, as lines that `route eval` takes, readable by their owner alone', async () => {
    await ended('bug-1');
    await ended('bug-2', null);
    const { out } = await said(['route', 'export']);
    const record = JSON.parse(out) as OutcomeRecord;
    expect(record).toMatchObject({
      model: 'cheap',
      usd: 0.2,
      right: true,
      by: 'validation',
      plan: ['cheap'],
      propensity: 0.95,
      chance: 0.6,
    });
    const written = await said(['route', 'export', '--out', 'o.jsonl']);
    expect(written.out).toContain('1 attempts are in o.jsonl. Left out: 0 that came to no verdict, 1 of which nobody knows the cost.');
    expect((await readFile(join(folder, 'o.jsonl'), 'utf8')).trim()).toBe(out.trim());
    expect((await stat(join(folder, 'o.jsonl'))).mode & 0o077).toBe(0);
    expect(await said(['route', 'eval', 'o.jsonl'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('chance had a part in 1 runs'),
    });
  });

  it.each([
    [['--line', 'other'], 'No attempt of a model can be told.'],
    [['--since', '2026-02-01'], 'No attempt of a model can be told.'],
    [['--since', 'yesterday'], '--since yesterday is no time.'],
    [['--out', 'no/such/folder/o.jsonl'], 'cannot be written'],
  ])('refuses %j', async (args, told) => {
    await ended();
    expect(await said(['route', 'export', ...args])).toMatchObject({ code: 2, err: expect.stringContaining(told) });
  });
});

/** A log of two plans, each as likely as is said; the strong model is right more often. */
function log(count: number, share: number): string {
  const next = chanceSource(3);
  const lines = Array.from({ length: count }, (_, at): OutcomeRecord => {
    const [model, propensity] = next() < share ? (['cheap', share] as const) : (['strong', 1 - share] as const);
    const right = next() < (model === 'cheap' ? 0.5 : 0.8);
    const chance = model === 'cheap' ? 0.5 : 0.8;
    return {
      task: `t${at}`,
      run: `t${at}`,
      model,
      right,
      passed: right,
      usd: model === 'cheap' ? 0.1 : 1,
      attempt: 1,
      plan: [model],
      propensity,
      prefixes: [propensity],
      by: 'person',
      chance,
    };
  });
  return lines.map((line) => JSON.stringify(line)).join('\n');
}

describe('route eval', () => {
  it('estimates from a log what policies come to, says what counts, and how well chances fitted', async () => {
    const { code, out } = await said(['route', 'eval', '-', '--wrong-cap', '1'], { stdin: log(300, 0.5) });
    expect(code).toBe(0);
    expect(out).toMatch(/as-logged +as it was +150\.0/);
    expect(out).toMatch(/best-static +strong +\d\d/);
    expect(out).toMatch(/of (\d+) that passed people judged \1, 0 wrong/);
    expect(out).toContain('Brier score');
    const found = JSON.parse((await said(['route', 'eval', '-', '--json'], { stdin: log(300, 0.5) })).out) as object;
    expect(found).toMatchObject({ kind: 'logged', models: ['cheap', 'strong'], runs: { chosenOn: 150, judgedOn: 150 } });
  });

  it('exits 3 and prints no figure where the log cannot speak for the router', async () => {
    const { code, out } = await said(['route', 'eval', '-'], { stdin: log(30, 0.5) });
    expect(code).toBe(3);
    expect(out).toContain('The log cannot speak for the router.');
    expect(out).toMatch(/No figure for router: Of 15 runs what begins as its plans do counts for \d+\.\d, and 20 are needed\./);
  });

  it('tells of recorded runs what each policy would have taken', async () => {
    await ended();
    const { code, out } = await said(['route', 'eval', '--run', 'bug-1']);
    expect(code).toBe(0);
    expect(out).toMatch(/router +cheap +\d\d\.\d % +\d\.\d % +\$0\.100/);
    expect(JSON.parse((await said(['route', 'eval', '--run', 'bug-1', '--json'])).out)).toMatchObject({
      kind: 'recorded',
      runs: ['bug-1'],
    });
  });

  it.each([
    [[], 'There is nothing to judge on.'],
    [['o.jsonl', '--run', 'bug-1'], 'Both o.jsonl and --run were given.'],
    [['--run', 'bug-9'], 'No run bug-9 is in the ledger.'],
  ])('refuses %j', async (args, told) => {
    await writeFile(join(folder, 'o.jsonl'), log(4, 0.5));
    expect(await said(['route', 'eval', ...args])).toMatchObject({ code: 2, err: expect.stringContaining(told) });
  });
});
