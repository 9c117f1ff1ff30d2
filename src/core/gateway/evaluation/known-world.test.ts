import { describe, expect, it } from 'vitest';
import { chains } from '../routing/choose-plan.ts';
import type { Figure } from './bootstrap.ts';
import { chanceSource, type ChanceSource } from './chance-source.ts';
import { evaluate, type Evaluation, type EvaluationSettings } from './evaluate.ts';
import type { OutcomeRecord } from './outcome-record.ts';
import { outcomeReader, type Task } from './read-outcomes.ts';

/** A process that makes outcomes: what is true of it is known, so an evaluation can be held against it. */
interface World {
  readonly models: Readonly<Record<string, { readonly skill: number; readonly usd: number }>>;
  /** How much easier a job is, in log-odds, by what can be seen of it; 0 where features say nothing. */
  readonly told: (difficulty: number, repository: string, model: string) => number;
  readonly validator: { readonly sensitivity: number; readonly falsePass: number };
}

const models = { cheap: { skill: 0.4, usd: 0.03 }, small: { skill: 0.4, usd: 0.05 }, strong: { skill: 1.4, usd: 0.7 } };
const noise: World = { models, told: () => 0, validator: { sensitivity: 0.95, falsePass: 0.05 } };

function tasksOf(world: World, count: number, seed: number): readonly Task[] {
  const reader = outcomeReader('world.jsonl');
  const next = chanceSource(seed * 7919 + 1);
  for (let at = 0; at < count; at += 1) for (const record of attemptsAt(world, `t${at}`, next)) reader.take(JSON.stringify(record));
  return reader.tasks();
}

function attemptsAt({ models: known, told, validator }: World, task: string, next: ChanceSource): readonly OutcomeRecord[] {
  const [ease, difficulty, repository] = [normal(next) * 2, Math.round(next() * 100) / 100, `r${Math.floor(next() * 6)}`];
  return Object.entries(known).map(([model, { skill, usd }]): OutcomeRecord => {
    const right = next() < 1 / (1 + Math.exp(-(skill + ease + told(difficulty, repository, model))));
    const passed = next() < (right ? validator.sensitivity : validator.falsePass);
    return { task, model, right, passed, usd: usd * (0.5 + next()), line: 'bug', repository, difficulty };
  });
}

function normal(next: ChanceSource): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

/** What a static plan really comes to, seen over so many jobs that luck hardly counts. */
function truthsOf(world: World): readonly { readonly plan: readonly string[]; readonly right: number }[] {
  const next = chanceSource(12_345);
  const jobs = Array.from({ length: 10_000 }, (_, at) => new Map(attemptsAt(world, `t${at}`, next).map((one) => [one.model, one])));
  return chains(Object.keys(world.models)).map((plan) => {
    const right = jobs.filter((job) => job.get(plan.find((model) => job.get(model)?.passed === true) ?? '')?.right === true).length;
    return { plan, right: right / jobs.length };
  });
}

const settings = (seed: number): EvaluationSettings => ({
  assumed: { validator: { sensitivity: 1, falsePass: 0 }, validation: 0 },
  wrongCap: 1,
  seed,
  splitBy: 'task',
});
const holds = ({ low, high }: Figure, truth: number): boolean => low !== null && low <= truth && truth <= high;
const routerOf = ({ policies }: Evaluation) => policies.find(({ policy }) => policy === 'router');

describe('an evaluation of a world that is known', () => {
  it('finds a static plan that is really as good as the best, and tells what it really comes to', () => {
    const truths = truthsOf(noise);
    const most = Math.max(...truths.map(({ right }) => right));
    let held = 0;
    for (let seed = 1; seed <= 8; seed += 1) {
      const best = evaluate(tasksOf(noise, 600, seed), settings(seed)).policies.find(({ policy }) => policy === 'best-static');
      const truth = truths.find(({ plan }) => plan.join() === best?.plan?.join());
      expect(truth?.right ?? 0).toBeGreaterThan(most - 0.015);
      if (best !== undefined && truth !== undefined && holds(best.right, truth.right)) held += 1;
    }
    expect(held).toBeGreaterThanOrEqual(6);
  });

  it('claims no saving where features are noise, but in one of twenty seeds at most', () => {
    const seeds = Array.from({ length: 24 }, (_, at) => at + 1);
    const claimed = seeds.filter((seed) => evaluate(tasksOf(noise, 300, seed), settings(seed)).saving === 'shown');
    expect(claimed.length).toBeLessThanOrEqual(1);
  });

  it('claims the saving that is there where repositories tell models apart', () => {
    const isEasy = (repository: string): boolean => ['r0', 'r1', 'r2'].includes(repository);
    const told: World = {
      ...noise,
      told: (_, repository, model) => (isEasy(repository) ? 4 : model === 'strong' ? 1 : -6),
      validator: { sensitivity: 0.9, falsePass: 0.3 },
    };
    const evaluation = evaluate(tasksOf(told, 800, 3), settings(3));
    expect(evaluation.saving).toBe('shown');
    expect(routerOf(evaluation)?.savedAgainstHull.low).toBeGreaterThan(0.05);
  });
});
