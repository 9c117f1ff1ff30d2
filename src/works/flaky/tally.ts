import { z } from 'zod';
import { JidokaError } from '../../core/base/error.ts';
import { RepetitionMode } from '../../core/line/repetition.ts';
import type { BlobRef } from '../../core/evidence/fact.ts';
import type { TestRun } from '../inspection/runner/index.ts';
import { outcomeOf } from './outcome.ts';

const Count = z.strictObject({ runs: z.number(), failures: z.number() });

const Blob = z.strictObject({ sha256: z.string(), bytes: z.number(), label: z.string(), mediaType: z.string() });

const TestTally = z.strictObject({
  id: z.string(),
  /** Runs in which it passed or failed. */
  ...Count.shape,
  /** Runs in which it was skipped or not reached. */
  unseen: z.number(),
  first: z.strictObject({ run: z.number(), variation: z.string(), message: z.string(), log: Blob }).nullable(),
  /** The same by the circumstances of the runs, where they differ: by time zone, by date. */
  by: z.record(z.string(), Count),
});
export type TestTally = z.infer<typeof TestTally>;

/** Why no more runs follow: all are done, failures were seen often enough, the time is over, or there is nothing to run. */
const TallyEnd = z.enum(['going', 'all', 'enough', 'budget', 'not-possible', 'not-asked', 'no-need']);
export type TallyEnd = z.infer<typeof TallyEnd>;

/** How busy the processors were by the work of others, as a share of all of them, before or after the runs of a mode. */
const Company = z.strictObject({ when: z.enum(['before', 'after']), busy: z.number(), processors: z.number() });

/** What has come of one mode so far. */
const Tally = z.strictObject({
  apiVersion: z.literal('jidoka/v1'),
  kind: z.literal('RepetitionTally'),
  mode: RepetitionMode,
  /** What each run ran. */
  scope: z.enum(['suite', 'file', 'alone']),
  /** Runs that each test is owed. */
  wanted: z.number(),
  runs: z.number(),
  spentMs: z.number(),
  end: TallyEnd,
  why: z.string(),
  /** Tests that are looked at, and those that did not pass once; of the others every run was seen to pass. */
  tests: z.array(TestTally),
  /** Tests that reported in the last run. */
  reported: z.number(),
  /** Runs that did not come to their end, or in which a file died that did not at the base. */
  cut: z.number(),
  /** Log of the first run. */
  log: Blob.nullable(),
  company: z.array(Company).default([]),
});
export type Tally = z.infer<typeof Tally>;

export function newTally(mode: Tally['mode'], scope: Tally['scope'], wanted: number): Tally {
  const none = { runs: 0, spentMs: 0, tests: [], reported: 0, cut: 0, log: null, company: [] };
  return { apiVersion: 'jidoka/v1', kind: 'RepetitionTally', mode, scope, wanted, end: 'going', why: '', ...none };
}

export interface Counted {
  readonly run: TestRun;
  /** Tests whose outcome is looked for in it. */
  readonly ids: readonly string[];
  /** File of a test, where it has no result of its own. */
  readonly fileOf: (id: string) => string;
  /** Circumstances that only this run had; '' where there are none. */
  readonly variation: string;
  /** Whether the variation is one of few that come again, and is counted by itself. */
  readonly recurs: boolean;
  /** Whether the run did not come to its end, or a file died in it that did not at the base. */
  readonly cut: boolean;
  readonly log: BlobRef | null;
  readonly spentMs: number;
}

/** Counts one more run. Pure. */
export function addRun(tally: Tally, counted: Counted): Tally {
  const tests = new Map(tally.tests.map((test) => [test.id, test]));
  for (const id of counted.ids) {
    const outcome = outcomeOf(counted.run, id, counted.fileOf(id));
    const known = tests.get(id);
    // One that is not on the list passed in every run until now.
    if (known === undefined && outcome.kind === 'pass' && tally.scope === 'suite') continue;
    tests.set(id, withOutcome(known ?? unblemished(id, tally), outcome, { ...counted, number: tally.runs + 1 }));
  }
  return {
    ...tally,
    runs: tally.runs + 1,
    spentMs: tally.spentMs + Math.round(counted.spentMs),
    tests: [...tests.values()],
    reported: counted.run.results.size,
    cut: tally.cut + (counted.cut ? 1 : 0),
    log: tally.log ?? counted.log,
  };
}

/** Whether a run shows a test failing that had not failed before, so that its log is worth keeping. */
export function failsAnew(tally: Tally, { run, ids, fileOf }: Pick<Counted, 'run' | 'ids' | 'fileOf'>): boolean {
  const failed = new Set(tally.tests.filter(({ first }) => first !== null).map(({ id }) => id));
  return ids.some((id) => !failed.has(id) && outcomeOf(run, id, fileOf(id)).kind === 'fail');
}

/** What a mode came to for one test; null where the mode did not run it. */
export function testIn(tally: Tally, id: string): TestTally | null {
  const found = tally.tests.find((test) => test.id === id);
  if (found !== undefined) return found;
  return tally.scope === 'suite' && tally.runs > 0 ? unblemished(id, tally) : null;
}

/** So many failures tell what a test does as well as more of them would. */
const telling = 5;
const leastRuns = 10;

/** Whether a test needs no more runs in this mode, and why; null while it does. `early`: as soon as it has failed often enough. */
export function isOver(tally: Tally, id: string, early: boolean): 'all' | 'enough' | 'not-possible' | null {
  const test = testIn(tally, id);
  if (test === null) return null;
  if (test.runs === 0 && test.unseen >= 2) return 'not-possible';
  if (early && test.failures >= telling && test.runs >= Math.min(leastRuns, tally.wanted)) return 'enough';
  return test.runs + test.unseen >= tally.wanted ? 'all' : null;
}

export function writeTally(tally: Tally): string {
  return JSON.stringify(tally);
}

/** Reads what `writeTally` wrote; throws `evidence-invalid` for anything else. */
export function readTally(text: string): Tally {
  const parsed = Tally.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new JidokaError('evidence-invalid', 'The stored counts of this run cannot be read.', {
    mend: 'Run again with --again; the suite is then repeated anew.',
  });
}

function unblemished(id: string, { scope, runs }: Tally): TestTally {
  return { id, runs: scope === 'suite' ? runs : 0, failures: 0, unseen: 0, first: null, by: {} };
}

function withOutcome(
  test: TestTally,
  outcome: ReturnType<typeof outcomeOf>,
  { variation, recurs, log, number }: Counted & { readonly number: number },
): TestTally {
  if (outcome.kind === 'unseen') return { ...test, unseen: test.unseen + 1 };
  const failed = outcome.kind === 'fail' ? 1 : 0;
  const before = test.by[variation] ?? { runs: 0, failures: 0 };
  const by = recurs ? { ...test.by, [variation]: { runs: before.runs + 1, failures: before.failures + failed } } : test.by;
  const first =
    test.first === null && outcome.kind === 'fail' && log !== null ? { run: number, variation, message: outcome.message, log } : test.first;
  return { ...test, runs: test.runs + 1, failures: test.failures + failed, by, first };
}
