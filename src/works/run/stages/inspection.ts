import type { EventBody } from '../../../core/evidence/event.ts';
import type { Fact } from '../../../core/evidence/fact.ts';
import { find } from '../../../core/evidence/run-result.ts';
import { standing } from '../../../core/evidence/standing.ts';
import type { Stage } from '../../../core/line/line.ts';
import { JidokaError } from '../../../core/base/error.ts';
import type { Change } from '../../../core/ports/forge.ts';
import { readReproduction } from '../../inspection/reproduction/index.ts';
import { protectedPath } from '../../inspection/sealed/index.ts';
import { readBaseline } from '../../inspection/runner/index.ts';
import { readBaselineRecord, readyTree } from '../../inspection/tree/index.ts';
import { surveyProject } from '../../intake/index.ts';
import { blobOf, type Job, type StageWork } from '../job.ts';
import { behaviourFacts } from './inspection/behaviour.ts';
import { installFact } from './inspection/install-fact.ts';
import { sealedFacts } from './inspection/sealed-facts.ts';
import type { Inspected } from './inspection/inspected.ts';
import { treeFacts } from './inspection/tree-facts.ts';
import { examine } from './review/examine.ts';
import { treeJob } from './tree-job.ts';
import { withPackages } from './with-packages.ts';

/**
 * Makes facts about a change, outside of what any station says: on a clean checkout of the base it lays the unprotected
 * part of the change, installs, and runs the base's own tests. Stops early where a fact already refuses the change.
 */
export async function inspection(stage: Stage, job: Job): Promise<StageWork> {
  if (job.input.seed.kind === 'branch') return await examine(stage, job, job.input.seed);
  const inspected = await gather(job);
  const { project, baseline: record, change, reproduction } = inspected;
  const touched = [...change.files, ...(reproduction?.files ?? [])].map(({ path }) => path);
  return await withPackages(stage, job, { project, record, touched, which: null }, async (ready) => {
    const { workspace } = ready;
    const { facts: sealed, verified } = await sealedFacts(inspected, job, workspace);
    if (objections(sealed, job).length > 0) return ended(stage, job, sealed);
    const tree = await readyTree(treeJob(stage, job, ready, project));
    if (tree.kind === 'failed')
      return {
        kind: 'failed',
        class: tree.class,
        command: tree.command,
        message: tree.message,
        events: asEvents(stage, sealed),
        logs: tree.logs,
      };
    const installed = installFact(tree, inspected.baseline);
    if (tree.kind === 'not-installed') return ended(stage, job, [...sealed, installed]);
    const moved = await treeFacts(inspected, job, workspace);
    const behaved = await behaviourFacts(stage, { inspected, job, workspace, tree });
    return ended(stage, job, [...sealed, installed, ...moved, ...behaved], await deliverable(stage, job, verified));
  });
}

async function gather(job: Job): Promise<Inspected> {
  const { ledger, blobs, forge } = job.needs;
  const project = await surveyProject(job.packet.scope.repository, forge);
  const harvested = find(standing(await ledger.read(job.run)), 'change.harvested');
  const [patch, changed, baseline] = [blobOf(job, 'patch'), blobOf(job, 'changed'), blobOf(job, 'baseline')];
  if (harvested === undefined || patch === null || changed === null || baseline === null) throw incomplete(job);
  const record = readBaselineRecord(await blobs.text(baseline.sha256));
  const kept = blobOf(job, 'reproduction');
  const reproduction = kept === null ? null : readReproduction(await blobs.text(kept.sha256));
  const change = { patch: await blobs.text(patch.sha256), files: harvested.files };
  return {
    project,
    reproduction,
    change: reproduction === null ? change : await withoutNewTests(change, job),
    changedTexts: new Map(Object.entries(JSON.parse(await blobs.text(changed.sha256)) as Record<string, string>)),
    baseline: record,
    baselineRuns: readBaseline(record.tests ?? ''),
  };
}

/** What goes out is what was looked at: where the factory added tests of its own, they go with it. */
async function deliverable(stage: Stage, { needs: { blobs } }: Job, verified: Change | null): Promise<readonly EventBody[]> {
  if (verified === null) return [];
  const patch = await blobs.put(verified.patch, { label: 'patch with the tests of the reproduction', mediaType: 'text/x-patch' });
  return [{ type: 'change.harvested', stage: stage.id, patch, files: verified.files }];
}

/** Facts that speak against the change, of those that decide. */
function objections(facts: readonly Fact[], job: Job): readonly Fact[] {
  const deciding = new Set(job.packet.validation.filter(({ demand }) => demand !== 'report').map(({ check }) => check));
  return facts.filter((fact) => fact.outcome === 'broken' && deciding.has(fact.check));
}

function asEvents(stage: Stage, facts: readonly Fact[]): readonly EventBody[] {
  return facts.map((fact) => ({ type: 'fact.found', stage: stage.id, fact }));
}

/** What is objected to is told whole, because a station that tries again has nothing else to go by. */
function ended(stage: Stage, job: Job, facts: readonly Fact[], also: readonly EventBody[] = []): StageWork {
  const against = objections(facts, job);
  const broken = facts.filter((fact) => fact.outcome === 'broken').map((fact) => fact.check);
  const made =
    broken.length === 0 ? `${facts.length} checks made, none broken.` : `${facts.length} checks made, broken: ${broken.join(', ')}.`;
  const summary = stage.onFail === undefined ? made : [made, ...against.map((fact) => fact.summary)].join(' ');
  return {
    kind: 'ended',
    outcome: against.length === 0 ? 'done' : 'objected',
    summary,
    events: [...also, ...asEvents(stage, facts)],
    output: {},
  };
}

/** The tests of such a line are those of its reproduction: what the station of the change added beside them is left out. */
async function withoutNewTests(change: Change, { packet, needs }: Job): Promise<Change> {
  const added = new Set(
    change.files.filter(({ path, status }) => status === 'added' && protectedPath(path, null) === 'test').map(({ path }) => path),
  );
  return added.size === 0 ? change : await needs.forge.filter(packet.scope.repository, change.patch, (path) => !added.has(path));
}

function incomplete(job: Job): JidokaError {
  return new JidokaError('line-invalid', `Line "${job.input.line.name}" inspects before a baseline was taken and a change was made.`, {
    mend: 'Order the stages: applicability, baseline, change, inspection.',
  });
}
