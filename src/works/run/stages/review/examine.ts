import type { EventBody } from '../../../../core/evidence/event.ts';
import type { Fact } from '../../../../core/evidence/fact.ts';
import type { Stage } from '../../../../core/line/line.ts';
import type { BranchSeed } from '../../../../core/packet/seed.ts';
import { branchChange, textsAtHead, type BranchChange } from '../../../inspection/branch/index.ts';
import { readBaseline } from '../../../inspection/runner/index.ts';
import { surveyProject } from '../../../intake/index.ts';
import type { Job, StageWork } from '../../job.ts';
import { baselineOf } from '../reproduction/on-base.ts';
import { oldTests } from './old-tests.ts';
import { newTests } from './new-tests.ts';
import { ownSuite } from './own-suite.ts';
import type { Inspected } from '../inspection/inspected.ts';

/** What a part of the examination came to. */
export type Part<Found> =
  | { readonly kind: 'found'; readonly facts: readonly Fact[]; readonly found: Found }
  | { readonly kind: 'failed'; readonly work: Extract<StageWork, { kind: 'failed' }> };

/** Everything that the parts of an examination look at. */
export interface Examined {
  readonly stage: Stage;
  readonly job: Job;
  readonly inspected: Inspected;
  readonly branch: BranchChange;
}

/**
 * Runs a branch in three clean trees, each behind the walls of the floor: the tests of the base on its source, its own
 * suite as it is, and its new tests on the old source. Whatever one of them finds, the others are made too: a person is
 * to be told all of it.
 */
export async function examine(stage: Stage, job: Job, seed: BranchSeed): Promise<StageWork> {
  const examined = await gather(stage, job, seed);
  const old = await oldTests(examined);
  if (old.kind === 'failed') return old.work;
  const own = await ownSuite(examined);
  if (own.kind === 'failed') return own.work;
  const fresh = await newTests(examined, own.found);
  if (fresh.kind === 'failed') return fresh.work;
  return ended(stage, [...old.facts, ...own.facts, ...fresh.facts]);
}

async function gather(stage: Stage, job: Job, { head }: BranchSeed): Promise<Examined> {
  const branch = await branchChange(job.needs.forge, job.packet.scope.repository, head.commit);
  const baseline = await baselineOf(job);
  const inspected = {
    project: await surveyProject(job.packet.scope.repository, job.needs.forge),
    change: branch.change,
    changedTexts: await textsAtHead(job.needs.forge, branch),
    baseline,
    baselineRuns: baseline.tests === null ? [] : readBaseline(baseline.tests),
    reproduction: null,
  };
  return { stage, job, branch, inspected };
}

/** Found is found: what speaks against a branch is decided at the end, with all that others find. */
function ended({ id }: Stage, facts: readonly Fact[]): StageWork {
  const broken = facts.filter(({ outcome }) => outcome === 'broken').map(({ check }) => check);
  const summary = `${facts.length} checks made, ${broken.length === 0 ? 'none broken' : `broken: ${broken.join(', ')}`}.`;
  return {
    kind: 'ended',
    outcome: 'done',
    summary,
    events: facts.map((fact): EventBody => ({ type: 'fact.found', stage: id, fact })),
    output: {},
  };
}
