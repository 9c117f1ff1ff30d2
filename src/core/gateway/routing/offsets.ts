import { logistic, logit } from './logistic.ts';

/** What came of one attempt of a model at a job. */
export interface Lesson {
  /** Names the job: what several models did at one job says of its line and repository no more than one job can. */
  readonly job: string;
  readonly model: string;
  readonly line: string;
  readonly repository: string;
  readonly right: boolean;
  /** Days ago. */
  readonly age: number;
  /** How it ended: only a verdict on the work says something of the model. */
  readonly ended: 'verdict' | 'provider' | 'budget' | 'flaky';
  /** A person chose the model: for a reason that the factory does not know. */
  readonly isOverride: boolean;
}

/** Steps in log-odds, by name. What has no entry has none. */
export interface Offsets {
  readonly models: Readonly<Record<string, number>>;
  readonly lines: Readonly<Record<string, number>>;
  readonly repositories: Readonly<Record<string, number>>;
}

export const noOffsets: Offsets = { models: {}, lines: {}, repositories: {} };

/** A prior is worth so many jobs. */
const jobsOfPrior = 50;
/** A repository must have seen so many jobs before half of what it says is believed, and a line, which sees more, so many. */
const jobsOfRepository = 8;
const jobsOfLine = 20;
const halfLifeDays = 45;

/** Whether anything is learned from an attempt. */
export function isLearnedFrom({ ended, isOverride }: Lesson): boolean {
  return ended === 'verdict' && !isOverride;
}

/**
 * Learns from verdicts how far models, lines and repositories lie from what was expected. Each step is shrunk by how little
 * was seen, older attempts count for less, and what one step explains is not given to the next.
 *
 * @example
 * learnOffsets(lessons, (model) => priors[model] ?? 0.5).models['small']; // -0.3
 */
export function learnOffsets(lessons: readonly Lesson[], priorOf: (model: string) => number): Offsets {
  const learned = lessons.filter(isLearnedFrom);
  const attempts = new Map<string, number>();
  for (const { job } of learned) attempts.set(job, (attempts.get(job) ?? 0) + 1);
  const weigh = (lesson: Lesson): number => 0.5 ** (Math.max(0, lesson.age) / halfLifeDays);
  const weighJob = (lesson: Lesson): number => weigh(lesson) / (attempts.get(lesson.job) ?? 1);
  const base = (lesson: Lesson): number => logit(priorOf(lesson.model));
  const models = steps(learned, { nameOf: (lesson) => lesson.model, expect: base, weigh, shrink: jobsOfPrior });
  const withModel = (lesson: Lesson): number => base(lesson) + (models[lesson.model] ?? 0);
  const lines = steps(learned, { nameOf: (lesson) => lesson.line, expect: withModel, weigh: weighJob, shrink: jobsOfLine });
  const withLine = (lesson: Lesson): number => withModel(lesson) + (lines[lesson.line] ?? 0);
  const repositories = steps(learned, {
    nameOf: (lesson) => lesson.repository,
    expect: withLine,
    weigh: weighJob,
    shrink: jobsOfRepository,
  });
  return { models, lines, repositories };
}

interface Way {
  readonly nameOf: (lesson: Lesson) => string;
  /** Log-odds without this step. */
  readonly expect: (lesson: Lesson) => number;
  readonly weigh: (lesson: Lesson) => number;
  readonly shrink: number;
}

function steps(lessons: readonly Lesson[], { nameOf, expect, weigh, shrink }: Way): Record<string, number> {
  const groups = new Map<string, { seen: number; right: number; expected: number }>();
  for (const lesson of lessons) {
    const group = groups.get(nameOf(lesson)) ?? { seen: 0, right: 0, expected: 0 };
    const weight = weigh(lesson);
    group.seen += weight;
    group.right += lesson.right ? weight : 0;
    group.expected += weight * logistic(expect(lesson));
    groups.set(nameOf(lesson), group);
  }
  return Object.fromEntries(
    [...groups].map(([name, { seen, right, expected }]) => {
      // Half a job of each kind: a group that was always right is not taken for certain.
      const step = logit((right + 0.5) / (seen + 1)) - logit((expected + 0.5) / (seen + 1));
      return [name, (seen / (seen + shrink)) * step];
    }),
  );
}
