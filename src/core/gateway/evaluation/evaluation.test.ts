import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chanceSource } from './chance-source.ts';
import { evaluate, type Evaluation, type EvaluationSettings, type Judged } from './evaluate.ts';
import { hullCost, hullOf } from './hull.ts';
import type { OutcomeRecord } from './outcome-record.ts';
import { readOutcomes, type Task } from './read-outcomes.ts';
import { replayPlan, type Assumed } from './replay-plan.ts';
import { splitTasks } from './split-tasks.ts';

const jsonl = (records: readonly OutcomeRecord[]): string => records.map((record) => JSON.stringify(record)).join('\n');
const read = (records: readonly OutcomeRecord[]): readonly Task[] => readOutcomes(jsonl(records), 'o.jsonl');
const perfect: Assumed = { validator: { sensitivity: 1, falsePass: 0 }, validation: 0 };
const leaky: Assumed = { validator: { sensitivity: 0.9, falsePass: 0.2 }, validation: 0.01 };

describe('a record of outcomes', () => {
  it('is read as tasks with their attempts', () => {
    const text =
      '{"task":"t1","model":"small","right":true,"usd":0.03,"line":"bug"}\n\n{"task":"t1","model":"strong","right":false,"usd":0.7,"trial":1}\n';
    const [task, ...others] = readOutcomes(text, 'o.jsonl');
    expect(others).toEqual([]);
    expect(task).toMatchObject({ task: 't1', line: 'bug', repository: '', difficulty: 0.5 });
    expect([...(task?.attempts.keys() ?? [])]).toEqual(['small', 'strong']);
  });

  it.each([
    ['', 'o.jsonl: It holds no outcome.'],
    ['{"task":"t1"}', 'o.jsonl:1: model: '],
    ['{"task":"t","model":"m","right":true,"usd":1}\n{', 'o.jsonl:2: This is not JSON.'],
    ['{"task":"t","model":"m","right":"yes","usd":1}', 'o.jsonl:1: right: '],
    ['{"task":"t","model":"m","right":true,"usd":-1}', 'o.jsonl:1: usd: '],
    ['{"task":"t","model":"m","right":true,"usd":1,"cost":1}', 'o.jsonl:1: Unrecognized key: "cost".'],
  ])('%j is refused', (text, told) => {
    expect(() => readOutcomes(text, 'o.jsonl')).toThrow(told);
  });
});

describe('a plan that is replayed', () => {
  const attempt = (model: string, right: boolean, otherwise: Partial<OutcomeRecord> = {}): OutcomeRecord => ({
    task: 't',
    model,
    right,
    usd: 1,
    ...otherwise,
  });
  const replay = (plan: readonly string[], records: readonly OutcomeRecord[], assumed = perfect) => {
    const [task] = read(records);
    if (task === undefined) throw new Error('There is a task.');
    return replayPlan(plan, task, assumed);
  };

  it('goes on to the next model where validation refused', () => {
    expect(replay(['a', 'b'], [attempt('a', false), attempt('b', true)])).toEqual({ right: 1, wrong: 0, usd: 2 });
    expect(replay(['a', 'b'], [attempt('a', true), attempt('b', true)])).toEqual({ right: 1, wrong: 0, usd: 1 });
  });

  it('delivers what is wrong as often as validation lets it pass', () => {
    const result = replay(['a', 'b'], [attempt('a', false), attempt('b', true)], leaky);
    expect(result.wrong).toBeCloseTo(0.2, 9);
    expect(result.right).toBeCloseTo(0.8 * 0.9, 9);
    expect(result.usd).toBeCloseTo(1.01 + 0.8 * 1.01, 9);
  });

  it('takes the verdict that was recorded before one that is assumed', () => {
    expect(replay(['a'], [attempt('a', false, { passed: true })])).toEqual({ right: 0, wrong: 1, usd: 1 });
    expect(replay(['a'], [attempt('a', true, { passed: false })], leaky)).toEqual({ right: 0, wrong: 0, usd: 1.01 });
  });

  it('averages the luck of several trials', () => {
    expect(replay(['a'], [attempt('a', true), attempt('a', false), attempt('a', false), attempt('a', true)])).toMatchObject({ right: 0.5 });
  });
});

describe('the hull of static plans', () => {
  const point = (usd: number, right: number) => ({ usd, right, wrong: 0 });

  it('leaves out what a mix of others beats', () => {
    const plans = [point(1, 0.5), point(2, 0.55), point(3, 0.9), point(4, 0.85)];
    expect(hullOf(plans)).toEqual([point(1, 0.5), point(3, 0.9)]);
    expect(hullCost(plans, 0.7)).toBeCloseTo(2, 9);
    expect(hullCost(plans, 0.9)).toBe(3);
    expect(hullCost(plans, 0.95)).toBeNull();
    expect(hullCost(plans, 0.25)).toBeCloseTo(0.5, 9);
  });

  it('never pays more than a plan, nor less for more quality', () => {
    const points = fc.array(
      fc.record({
        usd: fc.double({ min: 0.01, max: 9, noNaN: true }),
        right: fc.double({ min: 0.01, max: 1, noNaN: true }),
        wrong: fc.constant(0),
      }),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(points, (plans) => {
        const costs = plans.map((plan) => hullCost(plans, plan.right) ?? Number.NaN);
        for (const [at, plan] of plans.entries()) expect(costs[at]).toBeLessThanOrEqual(plan.usd + 1e-9);
        const byQuality = plans.map(({ right }, at) => [right, costs[at] ?? 0] as const).toSorted(([left], [right]) => left - right);
        for (const [at, [, cost]] of byQuality.entries()) expect(cost).toBeGreaterThanOrEqual((byQuality[at - 1]?.[1] ?? 0) - 1e-9);
      }),
    );
  });
});

describe('chance', () => {
  it('is the same for the same seed, and spread over its range', () => {
    const draw = (seed: number) => Array.from({ length: 4000 }, chanceSource(seed));
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(draw(7).reduce((sum, one) => sum + one, 0) / 4000).toBeCloseTo(0.5, 1);
    expect(draw(7).every((one) => one >= 0 && one < 1)).toBe(true);
  });
});

/** Jobs of a make-believe factory; `fits` says how likely a model solves a job of a repository. */
function worldOf(
  count: number,
  fits: (model: string, repository: string) => number,
  usd: Readonly<Record<string, number>>,
): readonly Task[] {
  const next = chanceSource(99);
  const records = Array.from({ length: count }, (_, at) => {
    const repository = `r${at % 10}`;
    return Object.keys(usd).map((model): OutcomeRecord => {
      const right = next() < fits(model, repository);
      return { task: `t${at}`, model, right, usd: usd[model] ?? 0, line: 'bug', repository };
    });
  });
  return read(records.flat());
}

const settings: EvaluationSettings = { assumed: leaky, wrongCap: 0.2, seed: 1, splitBy: 'task' };
const noRange = { low: null, high: null };
const judged = ({ policies }: Evaluation, name: string): Judged => {
  const found = policies.find(({ policy }) => policy === name);
  if (found === undefined) throw new Error(`No policy is named ${name}.`);
  return found;
};

describe('an evaluation', () => {
  it('splits so that no task is on both sides, nor a repository where asked', () => {
    const tasks = worldOf(100, () => 0.5, { a: 1 });
    const { chosenOn, judgedOn } = splitTasks(tasks, { seed: 3, by: 'repository' });
    expect([chosenOn.length, judgedOn.length]).toEqual([50, 50]);
    const sides = [chosenOn, judgedOn].map((half) => new Set(half.map(({ repository }) => repository)));
    expect([...(sides[0] ?? [])].filter((name) => sides[1]?.has(name))).toEqual([]);
    const byTask = splitTasks(tasks, { seed: 3, by: 'task' });
    expect(new Set([...byTask.chosenOn, ...byTask.judgedOn].map(({ task }) => task)).size).toBe(100);
  });

  it('finds a router that saves where repositories tell models apart', () => {
    const isEasy = (repository: string): boolean => Number(repository.slice(1)) < 5;
    const tasks = worldOf(800, (model, repository) => (isEasy(repository) ? 0.95 : model === 'strong' ? 0.85 : 0.02), {
      cheap: 0.1,
      strong: 1,
    });
    const evaluation = evaluate(tasks, { ...settings, assumed: { ...leaky, validator: { sensitivity: 0.9, falsePass: 0.3 } } });
    const router = judged(evaluation, 'router');
    expect(evaluation.tasks).toEqual({ chosenOn: 400, judgedOn: 400, leftOut: 0 });
    expect(router.savedAgainstAlwaysBest.low).toBeGreaterThan(0.2);
    expect(router.savedAgainstHull.low).toBeGreaterThan(0.2);
    expect(router.rightAgainstBest.low).toBeGreaterThan(-0.02);
    expect(router.wrong.value).toBeLessThan(judged(evaluation, 'best-static').wrong.value + 0.02);
    expect(evaluation.sentence).toMatch(/^The router saves \d/);
  });

  it('finds none where nothing tells models apart, though always-best is dear', () => {
    const tasks = worldOf(600, () => 0.7, { cheap: 0.1, strong: 1 });
    const evaluation = evaluate(tasks, { ...settings, assumed: perfect });
    const router = judged(evaluation, 'router');
    expect(router.savedAgainstHull.low).toBeLessThanOrEqual(0);
    expect(evaluation.sentence).toMatch(/^The router is not shown to save: /);
  });

  /** Jobs of which every other one is too hard for a model, as can be seen of it: a router has everything to gain. */
  const halves = (count: number): readonly Task[] =>
    read(
      Array.from({ length: count }, (_, at): readonly OutcomeRecord[] => {
        const isEasy = at % 2 === 0;
        const job = { task: `t${at}`, difficulty: isEasy ? 0.05 : 0.95 };
        return [
          { ...job, model: 'small', right: isEasy, passed: isEasy, usd: 0.3 },
          { ...job, model: 'strong', right: true, passed: true, usd: 1 },
        ];
      }).flat(),
    );

  it.each([2, 10, 12, 14, 16, 38])('shows nothing by half of %d tasks, and tells no interval', (count) => {
    for (const seed of [1, 2, 3]) {
      const { saving, sentence, policies, tasks } = evaluate(halves(count), { ...settings, seed });
      expect(saving).toBe('not-shown');
      expect(sentence).toContain(`left to judge on, and 20 are needed to tell an interval.`);
      expect(sentence).toContain(`only ${tasks.judgedOn} task`);
      for (const { right, usd, savedAgainstHull } of policies)
        expect([right, usd, savedAgainstHull]).toMatchObject([noRange, noRange, noRange]);
    }
  });

  it('shows what is there by tasks enough, and of as many that are all right it never rules out that some are not', () => {
    const evaluation = evaluate(halves(400), settings);
    const router = judged(evaluation, 'router');
    expect(evaluation.saving).toBe('shown');
    expect(router.right).toMatchObject({ value: 1, high: 1 });
    expect(router.right.low).toBeLessThan(0.985);
    expect(router.rightAgainstBest.low).toBeLessThan(-0.01);
    expect(evaluation.sentence).toContain('a loss of more than one point of right results is not ruled out');
  });

  it('never finds a plan better or worse than itself', () => {
    const evaluation = evaluate(
      worldOf(600, () => 0.7, { cheap: 0.1, strong: 1 }),
      { ...settings, assumed: perfect },
    );
    const same = { value: 0, low: 0, high: 0 };
    expect(judged(evaluation, 'best-static')).toMatchObject({ rightAgainstBest: same, wrongAgainstBest: same });
  });

  it('gives the same figures for the same seed', () => {
    const tasks = worldOf(60, () => 0.6, { cheap: 0.1, strong: 1 });
    expect(evaluate(tasks, settings)).toEqual(evaluate(tasks, settings));
  });

  it('leaves out and counts tasks that not every model was tried on, and refuses to judge nothing', () => {
    const tasks = worldOf(40, () => 0.6, { cheap: 0.1, strong: 1 });
    const half = tasks.map((task, at) => (at < 30 ? task : { ...task, attempts: new Map([...task.attempts].slice(0, 1)) }));
    expect(evaluate(half, settings).tasks.leftOut).toBe(10);
    expect(() => evaluate(half.slice(30), { ...settings, splitBy: 'repository' })).not.toThrow();
    expect(() => evaluate(half.slice(29), { ...settings, assumed: perfect })).toThrow(
      'Nothing can be judged: of 11 tasks 1 have an attempt of every model',
    );
  });
});
