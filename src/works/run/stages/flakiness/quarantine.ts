import { fact, type BlobRef, type FactOf, type FlakyTest } from '../../../../core/evidence/fact.ts';
import type { Stage } from '../../../../core/line/line.ts';
import type { Workspace } from '../../../../core/ports/floor.ts';
import { skipTest } from '../../../inspection/quarantine/index.ts';
import { compareRuns, runTests, type TestPlan, type TestRun } from '../../../inspection/runner/index.ts';
import { readyTree } from '../../../inspection/tree/index.ts';
import { surveyProject } from '../../../intake/index.ts';
import type { Job, StageWork } from '../../job.ts';
import { suiteLog } from '../suite-log.ts';
import { keepLog, timeoutOf, treeJob } from '../tree-job.ts';
import { withPackages } from '../with-packages.ts';
import { targetOf, type Frame } from './frame.ts';

type Proposal = { readonly kind: 'proposed'; readonly fact: FactOf<'quarantine'> } | Extract<StageWork, { kind: 'failed' }>;

/**
 * Makes a patch that skips the flaky tests and nothing else, and tries it on a clean base. It is evidence and no change of
 * the run: whether a test is skipped, a person says.
 */
export async function proposeQuarantine(stage: Stage, job: Job, frame: Frame, flaky: readonly FlakyTest[]): Promise<Proposal> {
  const { files, skipped, refused } = await edited(job, frame, flaky);
  if (files.size === 0) return { kind: 'proposed', fact: noneFact(flaky, refused) };
  const project = await surveyProject(job.packet.scope.repository, job.needs.forge);
  job.note(`${stage.id}: trying to skip ${skipped.length} test(s)`);
  const packaged = { project, record: frame.record, touched: [...files.keys()], which: null };
  return await withPackages(stage, job, packaged, async (ready): Promise<Proposal> => {
    const { workspace } = ready;
    for (const [path, text] of files) await workspace.files.write(path, text);
    const patch = await patchOf(job, workspace, files);
    const tree = await readyTree(treeJob(stage, job, ready, project));
    if (tree.kind === 'failed') return { ...tree, events: [] };
    if (tree.kind !== 'ready' || tree.detected.kind === 'none')
      return { kind: 'proposed', fact: noneFact(flaky, ['with the edit the base has no suite that can be run']) };
    const runs = await tried({ stage, job, frame, workspace }, tree.detected.plan, skipped);
    return { kind: 'proposed', fact: await triedFact(job, frame, { files: [...files.keys()], skipped, refused, patch, runs }) };
  });
}

interface Edited {
  /** New text by path from the root of the repository. */
  readonly files: ReadonlyMap<string, string>;
  readonly skipped: readonly string[];
  readonly refused: readonly string[];
}

async function edited({ run, packet, needs }: Job, frame: Frame, flaky: readonly FlakyTest[]): Promise<Edited> {
  const { repository } = packet.scope;
  const files = new Map<string, string>();
  const skipped: string[] = [];
  const refused: string[] = [];
  for (const { id, class: kind } of flaky) {
    const { file, titles } = targetOf(id, frame);
    const path = repository.directory === '' ? file : `${repository.directory}/${file}`;
    const text = files.get(path) ?? (await needs.forge.read(repository, path));
    const runner = frame.baseline[0]?.plan.runner ?? 'junit';
    const comment = `Quarantined by jidoka run ${run}: flaky (${kind}). To be run again once its cause is gone.`;
    const done =
      text === null
        ? ({ kind: 'not-possible', why: `${path} is not a file of the repository` } as const)
        : skipTest({ path, text, titles, runner, comment });
    if (done.kind === 'skipped') {
      files.set(path, done.text);
      skipped.push(id);
    } else refused.push(`${id}: ${done.why}`);
  }
  return { files, skipped, refused };
}

/** The difference of the edited files alone, whatever else stands in the tree. */
async function patchOf({ packet, needs: { forge, blobs } }: Job, workspace: Workspace, files: Edited['files']): Promise<BlobRef> {
  const { repository } = packet.scope;
  const harvested = await forge.harvest(repository, workspace);
  const { patch } = await forge.filter(repository, harvested.patch, (path) => files.has(path));
  return await blobs.put(patch, { label: 'quarantine proposal', mediaType: 'text/x-patch' });
}

interface Place {
  readonly stage: Stage;
  readonly job: Job;
  readonly frame: Frame;
  readonly workspace: Workspace;
}

/** Once, and where something differs that must not, once more: others of the suite may be flaky too. */
async function tried({ stage, job, frame, workspace }: Place, plan: TestPlan, skipped: readonly string[]): Promise<readonly TestRun[]> {
  const limits = { timeoutMs: timeoutOf(stage), signal: job.signal };
  const first = await runTests(workspace, plan, limits);
  if (against(frame, first, skipped).length === 0) return [first];
  return [first, await runTests(workspace, plan, limits)];
}

/** Tests that are not as they should be: those to be skipped that are not, and others that passed and do not. */
function against({ baseline }: Frame, run: TestRun, skipped: readonly string[]): ReturnType<typeof compareRuns>['regressed'] {
  const unskipped = skipped.filter((id) => run.results.get(id)?.status !== 'skip');
  const { regressed } = compareRuns(baseline, run);
  return [
    ...unskipped.map((id) => ({ id, before: 'fail' as const, after: run.results.get(id)?.status ?? ('missing' as const) })),
    ...regressed.filter(({ id }) => !skipped.includes(id)),
  ];
}

interface Tried {
  readonly files: readonly string[];
  readonly skipped: readonly string[];
  readonly refused: readonly string[];
  readonly patch: BlobRef;
  readonly runs: readonly TestRun[];
}

async function triedFact(job: Job, frame: Frame, { files, skipped, refused, patch, runs }: Tried): Promise<FactOf<'quarantine'>> {
  const kept = await Promise.all(runs.map((run, index) => keepLog(job, `with the quarantine, run ${index + 1}`, suiteLog(run))));
  const each = runs.map((run) => against(frame, run, skipped));
  // What differs in one run of two only is another flaky test's doing.
  const regressed = (each.at(-1) ?? []).filter(({ id }) => each.every((some) => some.some((one) => one.id === id)));
  const data = { ids: skipped, files, runs: runs.length, regressed };
  const left = refused.length === 0 ? '' : ` Not skipped: ${refused.join('; ')}.`;
  const total = runs.at(-1)?.results.size ?? 0;
  if (regressed.length > 0) {
    const named = regressed.slice(0, 3).map(({ id, after }) => `${id} ${after}`);
    const summary = `The patch that would skip ${skipped.join(', ')} does not do that alone: ${named.join('; ')}.${left}`;
    return fact('quarantine', 'broken', 'quarantine-refused', summary, data, kept);
  }
  const summary = `A patch is proposed, and not applied, that skips ${skipped.join(', ')} in ${files.join(', ')}: tried on a clean base, ${skipped.length === 1 ? 'it is' : 'they are'} reported as skipped, and the other ${total - skipped.length} of ${total} tests as before.${left}`;
  return fact('quarantine', 'holds', 'quarantine-proposed', summary, data, [patch, ...kept]);
}

function noneFact(flaky: readonly FlakyTest[], refused: readonly string[]): FactOf<'quarantine'> {
  const data = { ids: flaky.map(({ id }) => id), files: [], runs: 0, regressed: [] };
  return fact('quarantine', 'unknown', 'no-quarantine', `No patch could be made that skips the test alone: ${refused.join('; ')}.`, data);
}
