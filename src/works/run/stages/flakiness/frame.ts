import type { FlakeSeed } from '../../../../core/packet/seed.ts';
import { JidokaError } from '../../../../core/base/error.ts';
import type { RepetitionMode } from '../../../../core/line/repetition.ts';
import { runsToExclude } from '../../../../core/statistics/rate.ts';
import { changing, findTest, readTally, type Tally } from '../../../flaky/index.ts';
import type { Target } from '../../../inspection/modes/index.ts';
import { readBaseline, type TestRun } from '../../../inspection/runner/index.ts';
import type { BaselineRecord } from '../../../inspection/tree/index.ts';
import { baselineOf } from '../reproduction/on-base.ts';
import type { Job } from '../../job.ts';

/** What is known when a suite is run again: the base, and what came of the modes before. */
export interface Frame {
  readonly seed: FlakeSeed;
  readonly record: BaselineRecord;
  readonly baseline: readonly TestRun[];
  /** How often each mode is run where nothing fails. */
  readonly wanted: number;
  /** The test that the seed names; null where it names none. */
  readonly named: string | null;
  /** Tests that are looked at one by one. */
  readonly subjects: readonly string[];
  /** More tests that change their outcome than there is time to look at. */
  readonly others: readonly string[];
  /** Ids that can fail or pass; those skipped at the base are not among them. */
  readonly ids: readonly string[];
  /** Of the modes that are past, in their order. */
  readonly tallies: readonly Tally[];
  fileOf(id: string): string;
}

const subjectsAtMost = 5;

/** Gathers what the stages before left. Throws `line-invalid` where the seed is about something else. */
export async function frameOf(job: Job): Promise<Frame> {
  const seed = flakeOf(job);
  const record = await baselineOf(job);
  const baseline = readBaseline(record.tests ?? '');
  const files = new Map(baseline.flatMap((run) => [...run.results].map(([id, { file = '' }]) => [id, file] as const)));
  const fileOf = (id: string): string => files.get(id) ?? '';
  const tallies = await talliesOf(job);
  const found = seed.test === null ? null : findTest(seed.test, baseline);
  const named = found?.kind === 'one' ? found.id : null;
  const all = named === null ? changing(baseline, tallies, fileOf) : [named];
  return {
    seed,
    record,
    baseline,
    wanted: runsToExclude(seed.rate),
    named,
    subjects: all.slice(0, subjectsAtMost),
    others: all.slice(subjectsAtMost),
    ids: [...files.keys()].filter((id) => seenAt(id, baseline)),
    tallies,
    fileOf,
  };
}

function flakeOf({ input: { seed, line } }: Job): FlakeSeed {
  if (seed.kind === 'flake') return seed;
  throw new JidokaError('line-invalid', `Line "${line.name}" repeats a suite for a seed of kind ${seed.kind}.`, {
    mend: 'Stages that do repetition or triage belong to a line with "seed: flake".',
  });
}

function seenAt(id: string, baseline: readonly TestRun[]): boolean {
  const statuses = baseline.flatMap((run) => run.results.get(id)?.status ?? []);
  return statuses.some((status) => status !== 'skip' && status !== 'crash');
}

async function talliesOf({ input, state, needs }: Job): Promise<readonly Tally[]> {
  const tallies: Tally[] = [];
  for (const { id } of input.line.stages) {
    const blob = state.results.get(id)?.output['tally'];
    if (typeof blob === 'object' && blob !== null) tallies.push(readTally(await needs.blobs.text(blob.sha256)));
  }
  return tallies;
}

/** A test as a runner is told of it. */
export function targetOf(id: string, { fileOf }: Frame): Target {
  const file = fileOf(id);
  const titles = file !== '' && id.startsWith(`${file} > `) ? id.slice(file.length + 3) : id;
  return { file, titles: titles.split(' > ') };
}

export function tallyOf({ tallies }: Frame, mode: RepetitionMode): Tally | null {
  return tallies.find((tally) => tally.mode === mode) ?? null;
}
