import { describe, expect, it } from 'vitest';
import type { Figure } from '../bootstrap.ts';
import { chanceSource, type ChanceSource } from '../chance-source.ts';
import { chains } from '../../routing/choose-plan.ts';
import type { EvaluationSettings } from '../evaluate.ts';
import type { OutcomeRecord } from '../outcome-record.ts';
import { readOutcomes, type Task } from '../read-outcomes.ts';
import type { Result } from '../replay-plan.ts';
import { calibrationOf } from './calibration.ts';
import { estimate, sampleOf, tallyOf } from './doubly-robust.ts';
import { evaluateLogged, type LoggedEvaluation } from './evaluate-logged.ts';
import { isLog, loggedRunsOf, type LoggedRun } from './logged-runs.ts';
import { overlapOf } from './overlap.ts';

/** A factory that makes logs: what is true of its models is known, so an evaluation can be held against it. */
const models = { cheap: { skill: 0.2, usd: 0.1 }, small: { skill: 0.5, usd: 0.2 }, strong: { skill: 1.6, usd: 1 } } as const;
const names = Object.keys(models);
const validator = { sensitivity: 0.95, falsePass: 0.1 };
const exact = { validator, validation: 0 };

/** What all attempts at a job would come to: its ease is shared, so that failures hang together. */
function jobOf(next: ChanceSource): ReadonlyMap<string, { readonly right: boolean; readonly passed: boolean; readonly usd: number }> {
  const ease = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()) * 2;
  return new Map(
    Object.entries(models).map(([name, { skill, usd }]) => {
      const right = next() < 1 / (1 + Math.exp(-(skill + ease)));
      return [name, { right, passed: next() < (right ? validator.sensitivity : validator.falsePass), usd: usd * (0.5 + next()) }];
    }),
  );
}

type Shares = readonly { readonly plan: readonly string[]; readonly share: number }[];

/** A policy that takes one plan mostly, and any other now and then. */
const mostly = (best: readonly string[], explored: number): Shares => {
  const others = chains(names).filter((plan) => plan.join() !== best.join());
  return [{ plan: best, share: 1 - explored }, ...others.map((plan) => ({ plan, share: explored / others.length }))];
};

function logOf(count: number, seed: number, shares: Shares, by: 'person' | 'validation' = 'person'): readonly Task[] {
  const next = chanceSource(seed * 7919 + 13);
  const lines = Array.from({ length: count }, (_, at) => runAt(`t${at}`, jobOf(next), drawn(shares, next()), { shares, by })).flat();
  return readOutcomes(lines.map((record) => JSON.stringify(record)).join('\n'), 'log.jsonl');
}

function drawn(shares: Shares, chance: number): readonly string[] {
  let left = chance;
  return (shares.find(({ share }) => (left -= share) < 0) ?? shares[0])?.plan ?? [];
}

function runAt(
  task: string,
  job: ReturnType<typeof jobOf>,
  plan: readonly string[],
  { shares, by }: { readonly shares: Shares; readonly by: 'person' | 'validation' },
): readonly OutcomeRecord[] {
  const likely = (beginning: readonly string[]): number =>
    shares.filter(({ plan: other }) => beginning.every((model, at) => other[at] === model)).reduce((sum, { share }) => sum + share, 0);
  const propensity = shares.find((one) => one.plan === plan)?.share ?? 0;
  const prefixes = plan.map((_, at) => Math.min(1, likely(plan.slice(0, at + 1))));
  const passedAt = plan.findIndex((model) => job.get(model)?.passed === true);
  return plan.slice(0, passedAt === -1 ? plan.length : passedAt + 1).map((model, at): OutcomeRecord => {
    const { right = false, passed = false, usd = 0 } = job.get(model) ?? {};
    return {
      task,
      run: task,
      model,
      right: by === 'person' ? right : passed,
      passed,
      usd,
      attempt: at + 1,
      plan: [...plan],
      propensity,
      prefixes,
      by,
    };
  });
}

/** What a plan really comes to, seen over so many jobs that luck hardly counts. */
function truthOf(plan: readonly string[]): Result {
  const next = chanceSource(12_345);
  const sum = { right: 0, wrong: 0, usd: 0 };
  const count = 10_000;
  for (let at = 0; at < count; at += 1) {
    const job = jobOf(next);
    const passedAt = plan.findIndex((model) => job.get(model)?.passed === true);
    const made = plan.slice(0, passedAt === -1 ? plan.length : passedAt + 1).map((model) => job.get(model));
    const last = made.at(-1);
    if (last?.passed === true) sum[last.right ? 'right' : 'wrong'] += 1 / count;
    for (const one of made) sum.usd += (one?.usd ?? 0) / count;
  }
  return sum;
}

const runsOf = (tasks: readonly Task[]): readonly LoggedRun[] => loggedRunsOf(tasks).runs;
/** A model that expects nonsense of every plan. */
const nonsense = (plan: readonly string[]): readonly Result[] =>
  Array.from({ length: plan.length + 1 }, (_, at) =>
    at === plan.length ? { right: 0, wrong: 0, usd: 0 } : { right: 0.1, wrong: 0.6, usd: 3 },
  );
const holds = ({ low, high }: Figure, truth: number): boolean => low !== null && low < truth && truth < high;
const settings = (seed: number): EvaluationSettings => ({ assumed: exact, wrongCap: 1, seed, splitBy: 'task' });

describe('an estimate from a log', () => {
  const log = mostly(['cheap', 'strong'], 0.4);

  it.each([[['strong']], [['cheap', 'small', 'strong']], [['cheap', 'strong']], [['small', 'strong']]])(
    'of %j is right on average over logs, also where what was expected is nonsense',
    (plan) => {
      const truth = truthOf(plan);
      const found = Array.from({ length: 20 }, (_, seed) =>
        estimate([tallyOf(runsOf(logOf(600, seed, log)).map((run) => sampleOf(run, plan, nonsense(plan))))]),
      );
      for (const figure of ['right', 'wrong', 'usd'] as const) {
        const values = found.map((one) => one[figure]);
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
        expect(Math.abs(mean - truth[figure])).toBeLessThan(3.5 * (spread / Math.sqrt(values.length)) + 0.01);
      }
    },
  );

  it('is far from what plans came to in the log where they were reached by those alone that others had failed at', () => {
    const naive = runsOf(logOf(6000, 1, log)).flatMap(({ steps }) => steps.filter(({ record }) => record.model === 'strong'));
    const share = naive.filter(({ record }) => record.right).length / naive.length;
    expect(share).toBeLessThan(truthOf(['strong']).right / validator.sensitivity - 0.08);
  });

  it('tells of beginnings alone what a run that was given a longer plan came to by then', () => {
    const [run] = runsOf(
      logOf(1, 3, [
        { plan: ['cheap', 'strong'], share: 0.5 },
        { plan: ['cheap'], share: 0.5 },
      ]),
    );
    if (run === undefined) throw new Error('There is a run.');
    const only = sampleOf(run, ['cheap'], nonsense(['cheap'])).steps;
    expect(only).toMatchObject([{ weight: 1, isReached: true }]);
    expect(sampleOf({ ...run, prefixes: null }, ['cheap'], nonsense(['cheap'])).steps[0]?.weight).toBe(run.plan.length === 1 ? 2 : 0);
  });
});

describe('whether a log can speak for a plan', () => {
  const samples = (plan: readonly string[], shares: Shares, count = 400) =>
    overlapOf(runsOf(logOf(count, 5, shares)).map((run) => sampleOf(run, plan, nonsense(plan))));

  it('is so where it had a chance often enough', () => {
    expect(samples(['strong'], mostly(['cheap'], 0.5))).toMatchObject({ lacks: null });
    expect(samples(['cheap', 'strong'], mostly(['cheap', 'strong'], 0.05))).toMatchObject({ lacks: null });
  });

  it('is not so where it hardly ever had one, never, or not from its second attempt on', () => {
    expect(samples(['strong'], mostly(['cheap'], 0.02)).lacks).toMatch(/counts for \d+\.\d, and 20 are needed/);
    expect(
      samples(
        ['strong'],
        [
          { plan: ['cheap'], share: 0.5 },
          { plan: ['small'], share: 0.5 },
        ],
      ).lacks,
    ).toMatch(/counts for 0\.0/);
    const two = [
      { plan: ['cheap', 'small'], share: 0.5 },
      { plan: ['small'], share: 0.5 },
    ];
    expect(samples(['cheap', 'strong'], two).lacks).toMatch(/at attempt 2 counts for 0\.0, and 5 are needed/);
  });
});

describe('an evaluation of a log', () => {
  const figures = (evaluation: LoggedEvaluation, policy: string) => evaluation.policies.find((one) => one.policy === policy);

  it('holds what policies really come to in its intervals, about nineteen times of twenty', () => {
    const held = { as: 0, best: 0 };
    const seeds = Array.from({ length: 6 }, (_, at) => at + 1);
    for (const seed of seeds) {
      const evaluation = evaluateLogged(logOf(500, seed, mostly(['cheap', 'strong'], 0.4)), settings(seed));
      const best = figures(evaluation, 'best-static');
      const truth = truthOf(best?.plan ?? []);
      if (best?.figures != null && holds(best.figures.right, truth.right)) held.best += 1;
      const logged = figures(evaluation, 'as-logged')?.figures;
      if (logged != null && holds(logged.right, logged.right.value)) held.as += 1;
      expect(evaluation.runs).toMatchObject({ chosenOn: 250, judgedOn: 250 });
    }
    expect(held.best).toBeGreaterThanOrEqual(5);
    expect(held.as).toBe(seeds.length);
  });

  it('finds no saving where nothing tells jobs apart, but in one of six logs at most', () => {
    const shown = Array.from({ length: 6 }, (_, seed) =>
      evaluateLogged(logOf(400, seed, mostly(['cheap', 'strong'], 0.4)), settings(seed)),
    ).filter(({ saving }) => saving === 'shown');
    expect(shown.length).toBeLessThanOrEqual(1);
  });

  it('takes results that nobody judged for right as often as people found such results right, and never for certain', () => {
    const evaluation = evaluateLogged(logOf(400, 2, mostly(['cheap', 'strong'], 0.4), 'validation'), settings(2));
    expect(evaluation.judged).toMatchObject({ passedRight: 0, passedWrong: 0 });
    expect(figures(evaluation, 'as-logged')?.figures?.wrong.value).toBeGreaterThan(0.01);
  });

  it('is the less sure of what is wrong the fewer results people judged, and near to the truth where they judged some', () => {
    const judgedBy = (every: number, seed: number): readonly Task[] =>
      logOf(500, seed, mostly(['cheap', 'strong'], 0.4)).map((task, at) =>
        at % every === 0
          ? task
          : { ...task, attempts: new Map([...task.attempts].map(([name, records]) => [name, records.map(unjudged)])) },
      );
    const unjudged = (record: OutcomeRecord): OutcomeRecord => ({ ...record, by: 'validation', right: record.passed === true });
    const wrong = (every: number) => figures(evaluateLogged(judgedBy(every, 9), settings(9)), 'as-logged')?.figures?.wrong;
    const [all, some] = [wrong(1), wrong(4)];
    const width = (interval: typeof all): number => (interval?.high ?? 0) - (interval?.low ?? 0);
    expect(width(some)).toBeGreaterThan(width(all) * 0.9);
    expect(some?.low ?? 1).toBeLessThanOrEqual(all?.value ?? 0);
    expect(some?.high ?? 0).toBeGreaterThanOrEqual((all?.value ?? 1) - 0.01);
  });

  it('tells no interval, and shows nothing, where many runs are of a few tasks', () => {
    const log = logOf(400, 3, mostly(['cheap', 'strong'], 0.4));
    const fewTasks = readOutcomes(
      log
        .flatMap(({ attempts }, at) => [...attempts.values()].flat().map((record) => ({ ...record, task: `t${at % 30}` })))
        .map((record) => JSON.stringify(record))
        .join('\n'),
      'log.jsonl',
    );
    const { saving, sentence, runs, policies } = evaluateLogged(fewTasks, settings(1));
    expect(runs).toMatchObject({ judgedTasks: 15 });
    expect(runs.judgedOn).toBeGreaterThan(150);
    expect(policies.flatMap((one) => one.figures?.right.low ?? [])).toEqual([]);
    expect(saving).toBe('not-shown');
    expect(sentence).toContain('only 15 tasks were left to judge on, and 20 are needed');
  });

  it('gives the same figures for the same seed', () => {
    const log = logOf(200, 4, mostly(['cheap', 'strong'], 0.4));
    expect(evaluateLogged(log, settings(3))).toEqual(evaluateLogged(log, settings(3)));
  });

  it('says that it cannot tell, and no figure, where the log cannot speak for the router', () => {
    const { saving, sentence, policies } = evaluateLogged(logOf(36, 7, mostly(['cheap'], 0.05)), settings(7));
    expect(saving).toBe('cannot-tell');
    expect(sentence).toMatch(/^The log cannot speak for /);
    expect(policies.filter(({ lacks }) => lacks !== null).every((one) => one.figures === null)).toBe(true);
  });

  it('refuses a log in which chance had no part, and counts why', () => {
    const sure = logOf(30, 1, [{ plan: ['cheap', 'strong'], share: 1 }]);
    expect(() => evaluateLogged(sure, settings(1))).toThrow(
      'chance had a part in 0 runs. Of the others 30 had a plan that was sure to be taken',
    );
  });

  it('leaves out runs that no policy chose, and those that are not told whole', () => {
    const log = logOf(40, 1, mostly(['cheap', 'strong'], 0.4));
    const [first, second, ...left] = log;
    if (first === undefined || second === undefined) throw new Error('There are tasks.');
    const changed = (task: Task, change: (record: OutcomeRecord) => OutcomeRecord): Task => ({
      ...task,
      attempts: new Map([...task.attempts].map(([model, records]) => [model, records.map(change)])),
    });
    const without = changed(first, (record) => {
      const { propensity: _, ...others } = record;
      return others;
    });
    const torn = changed(second, (record) => ({ ...record, attempt: (record.attempt ?? 1) + 1 }));
    expect(isLog(log)).toBe(true);
    expect(loggedRunsOf([without, torn, ...left])).toMatchObject({
      leftOut: { sure: 0, unchosen: 1, incomplete: 1 },
    });
  });
});

describe('calibration', () => {
  const records = (count: number, said: number, came: number): readonly OutcomeRecord[] => {
    const next = chanceSource(6);
    return Array.from({ length: count }, (_, at) => ({ task: `t${at}`, model: 'm', right: next() < came, usd: 1, chance: said }));
  };

  it('is good where what was said comes, and worse than saying the share where it does not', () => {
    const good = calibrationOf([...records(300, 0.2, 0.2), ...records(300, 0.8, 0.8)]);
    expect(good?.brier).toBeLessThan((good?.brierOfShare ?? 0) - 0.05);
    expect(good?.bins.map(({ said, came }) => Math.abs(said - came) < 0.06)).toEqual([true, true]);
    const bad = calibrationOf([...records(300, 0.2, 0.8), ...records(300, 0.8, 0.2)]);
    expect(bad?.brier).toBeGreaterThan(bad?.brierOfShare ?? 1);
  });

  it('looks at first attempts alone, and at nothing where no chance is told', () => {
    expect(calibrationOf(records(3, 0.5, 0.5).map((record) => ({ ...record, attempt: 2 })))).toBeNull();
    expect(calibrationOf([{ task: 't', model: 'm', right: true, usd: 1 }])).toBeNull();
  });
});
