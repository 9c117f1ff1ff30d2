import { JidokaError } from '../../../core/base/error.ts';
import type { RepetitionMode } from '../../../core/line/repetition.ts';
import type { Stage } from '../../../core/line/line.ts';
import { attemptOf } from '../../../core/line/state.ts';
import type { Workspace } from '../../../core/ports/floor.ts';
import { newTally, readTally, writeTally, type Tally } from '../../flaky/index.ts';
import { planFor } from '../../inspection/modes/index.ts';
import { readyTree, type Tree } from '../../inspection/tree/index.ts';
import { surveyProject } from '../../intake/index.ts';
import type { Job, StageWork } from '../job.ts';
import { companyOf } from './flakiness/company.ts';
import { frameOf, targetOf, type Frame } from './flakiness/frame.ts';
import { allowanceMs, needless } from './flakiness/need.ts';
import { repeat } from './flakiness/repeat.ts';
import { logsOf, tallyText } from './flakiness/tally-text.ts';
import { treeJob } from './tree-job.ts';
import { withPackages } from './with-packages.ts';

/**
 * Runs the suite of the base again and again in one mode, until a rate of failures is excluded, failures were seen often
 * enough, or the time is over. What was counted is in the ledger on the way: whoever takes the stage over goes on from there.
 */
export async function repetition(stage: Stage, job: Job): Promise<StageWork> {
  const { mode } = stage;
  if (mode === undefined)
    throw new JidokaError('line-invalid', `Stage "${stage.id}" does not say how to repeat the suite.`, {
      mend: 'Add "mode: suite" to it.',
    });
  const frame = await frameOf(job);
  const begun = await begunTally(stage, job);
  const needs = begun === null ? (needless(mode, frame) ?? timeless(job, mode, frame)) : null;
  if (needs !== null) return await conclude(stage, job, frame, { ...newTally(mode, 'suite', frame.wanted), ...needs });
  const project = await surveyProject(job.packet.scope.repository, job.needs.forge);
  const packaged = { project, record: frame.record, touched: [], which: null };
  return await withPackages(stage, job, packaged, async (ready) => {
    const { workspace } = ready;
    const tree = await readyTree(treeJob(stage, job, ready, project));
    if (tree.kind !== 'ready' || tree.detected.kind === 'none') return unready(tree);
    const { plan } = tree.detected;
    const scope = scopeOf(mode, frame, tree.detected.plan, workspace);
    const tally = begun ?? newTally(mode, scope, frame.wanted);
    const before = await companyOf(workspace, 'before', job.signal);
    const met = { ...tally, company: [...tally.company, ...before] };
    const counted = await repeat({ stage, job, frame, workspace, plan, mode }, met);
    const after = await companyOf(workspace, 'after', job.signal);
    return await conclude(stage, job, frame, { ...counted, company: [...counted.company, ...after] });
  });
}

/** Where the modes before left no time, no workspace is made. */
function timeless(job: Job, mode: RepetitionMode, frame: Frame): Pick<Tally, 'end' | 'why'> | null {
  return allowanceMs(job.input.line, mode, frame) > 0 ? null : { end: 'budget', why: 'the time was over before' };
}

/** What an earlier try of this very stage had counted; null where there is nothing yet. */
async function begunTally(stage: Stage, job: Job): Promise<Tally | null> {
  const attempt = attemptOf(job.state, stage.id);
  const counted = (await job.needs.ledger.read(job.run))
    .map(({ body }) => body)
    .findLast((body) => body.type === 'repetition.counted' && body.stage === stage.id && body.attempt === attempt);
  if (counted?.type !== 'repetition.counted') return null;
  job.note(`${stage.id}: going on after ${counted.runs} runs`);
  return readTally(await job.needs.blobs.text(counted.tally.sha256));
}

/** What each run of a mode runs: where a test is named, no more than its file, but for modes about the suite. */
function scopeOf(mode: RepetitionMode, frame: Frame, plan: Parameters<typeof planFor>[1], { root }: Workspace): Tally['scope'] {
  if (mode === 'file' || mode === 'alone') return mode;
  if (mode === 'suite' || mode === 'shuffled' || frame.named === null) return 'suite';
  const circumstances = { run: 1, seed: 0, project: root, copy: null, files: [], now: '' };
  const narrowed = planFor('file', plan, { ...circumstances, target: targetOf(frame.named, frame) });
  return narrowed.kind === 'plan' ? 'file' : 'suite';
}

/** The base was made ready for the baseline, so that what keeps it from being so now is a matter of the surroundings. */
function unready(tree: Tree): StageWork {
  if (tree.kind === 'failed') return { ...tree, events: [] };
  const message = tree.kind === 'not-installed' ? tree.install.message : 'The suite was found for the baseline, and is not found now.';
  return { kind: 'failed', class: 'environment', command: 'install', message, events: [], logs: tree.logs };
}

async function conclude(stage: Stage, job: Job, frame: Frame, tally: Tally): Promise<StageWork> {
  const blob = await job.needs.blobs.put(writeTally(tally), { label: `${stage.id}: counts`, mediaType: 'application/json' });
  const summary = tallyText(tally, frame);
  const told = { type: 'observed', stage: stage.id, what: tally.mode, summary, logs: logsOf(tally) } as const;
  return { kind: 'ended', outcome: 'done', summary, events: [told], output: { tally: blob } };
}
