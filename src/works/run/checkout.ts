import { isJidokaError } from '../../core/base/error.ts';
import type { EnvironmentSpec } from '../../core/environment/environment-spec.ts';
import type { EventBody } from '../../core/evidence/event.ts';
import { parseDuration } from '../../core/line/duration.ts';
import type { Stage } from '../../core/line/line.ts';
import { attemptOf } from '../../core/line/state.ts';
import { isByStation, stationsOf } from '../../core/line/stations.ts';
import { stopReason } from '../../core/ports/abort.ts';
import type { BaseRef, Workspace } from '../../core/ports/floor.ts';
import { checkoutBase, listedOnce, notFetched, setUpBase } from '../base/index.ts';
import { readEnvironment, unmetTools } from '../environment/index.ts';
import type { Job } from './job.ts';
import { append, type Keyed } from './record/append.ts';

/** Opens a clean workspace with the base commit in it, gives it to `use`, and ends it whatever happens. */
export async function withCheckout<T>(stage: Stage, job: Job, use: (workspace: Workspace) => Promise<T>): Promise<T> {
  return await opening({ stage, job, own: needsSetup(stage) ? null : 'bare' }, use);
}

/**
 * Opens a workspace beside that of a station, for what the factory itself looks at in the same stage: the bare commit, with
 * nothing in it that the station wrote. `which` names it within the stage.
 */
export async function withOwnCheckout<T>(stage: Stage, job: Job, which: string, use: (workspace: Workspace) => Promise<T>): Promise<T> {
  return await opening({ stage, job, own: which }, use);
}

/** Opens a bare workspace of another commit of the same repository. `which` names it within the stage. */
export async function withCheckoutOf<T>(
  stage: Stage,
  job: Job,
  { which, commit }: { readonly which: string; readonly commit: string },
  use: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  return await opening({ stage, job, own: which, commit }, use);
}

/** Opens a clean workspace over a base that holds the base commit and what was prepared of it. `which` names it within the stage. */
export async function withCheckoutOver<T>(
  stage: Stage,
  job: Job,
  { which, over }: { readonly which: string | null; readonly over: BaseRef },
  use: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  return await opening({ stage, job, own: which ?? 'bare', over }, use);
}

/** What a workspace is opened for; `own` is null where the commands of others run in it. */
interface Purpose {
  /** Commit that it begins with, where that is not the base. */
  readonly commit?: string;
  /** Base that it is a layer over, where that was prepared before. */
  readonly over?: BaseRef;
  readonly stage: Stage;
  readonly job: Job;
  readonly own: string | null;
}

async function opening<T>(purpose: Purpose, use: (workspace: Workspace) => Promise<T>): Promise<T> {
  const { stage, job, own, commit } = purpose;
  const base = commit === undefined ? await baseFor(purpose) : await bareOf(commit, job);
  const beside = own !== null && own !== 'bare' ? `-${own}` : '';
  // Named for this taking of the step: a process that lost it must not sweep away what its successor works in.
  const name = `${job.run}-${stage.id}-${job.step.token.slice(0, 8)}${beside}`;
  const workspace = await job.needs.floor.open(name, { base });
  return await using(workspace, { stage, job, own: beside !== '' }, async () => {
    // Asked for at the first request: nothing runs in it yet. What is lent is taken back when the workspace ends.
    if (own === null) await job.needs.lending.lend(job.packet.scope.repository, name);
    const attempt = attemptOf(job.state, stage.id);
    await append(job, [
      [keyFor(stage, job, `opened${beside}`), { type: 'workspace.opened', stage: stage.id, attempt, ref: workspace.ref, base: base.key }],
    ]);
    return await use(stalling(workspace, stage));
  });
}

/**
 * What the workspace of a stage begins with: that of a station or of a command of the line what the environment of the
 * repository asks for, the others the bare commit, because what they look at is how it is set up.
 */
async function baseFor({ stage, job, own, over }: Purpose): Promise<BaseRef> {
  const { repository } = job.packet.scope;
  const environment = await environmentOf(stage, job);
  if (over !== undefined) return over;
  if (environment === null || own !== null) return await checkoutBase(repository, job.needs, { signal: job.signal });
  if (environment.setup.length > 0) job.note(`${stage.id}: setting up what ${environment.source ?? 'the repository'} asks for`);
  return await setUpBase(repository, environment, job.needs, { signal: job.signal });
}

function bareOf(commit: string, { packet, needs, signal }: Job): Promise<BaseRef> {
  return checkoutBase({ ...packet.scope.repository, baseCommit: commit }, needs, { signal });
}

function needsSetup(stage: Stage): boolean {
  return stage.does === 'command' || (isByStation(stage) && !stationsOf(stage).includes('mechanic'));
}

/** The environment as the base commit defines it, told in the ledger; one that cannot be honoured is a fault only where it is needed. */
async function environmentOf(stage: Stage, job: Job): Promise<EnvironmentSpec | null> {
  const { forge, sha256, floor } = job.needs;
  const { repository } = job.packet.scope;
  const files = listedOnce(repository, forge);
  try {
    const environment = await readEnvironment(repository, files, sha256);
    const { source, digest, setup, refused, tools } = environment;
    const tooled = unmetTools(tools, await floor.probe()).map(({ why }) => why);
    const unmet = [...tooled, ...(await notFetched(repository, files))];
    const words = setup.map((command) => command.words.join(' '));
    const body: EventBody = {
      type: 'environment.read',
      stage: stage.id,
      attempt: attemptOf(job.state, stage.id),
      source,
      digest,
      setup: words,
      refused,
      unmet,
    };
    if (source !== null || unmet.length > 0) await append(job, [[`environment/${digest}`, body]]);
    return environment;
  } catch (error) {
    if (!isJidokaError(error) || error.code !== 'environment-invalid' || needsSetup(stage)) throw error;
    job.note(`${stage.id}: ${error.message}`);
    return null;
  }
}

/** Every command in it is ended that says nothing for longer than the stage allows. */
function stalling(workspace: Workspace, { stall }: Stage): Workspace {
  if (stall === undefined) return workspace;
  const stallMs = parseDuration(stall);
  return { ...workspace, spawn: (command) => workspace.spawn({ stallMs, ...command }) };
}

/**
 * Ends a workspace after its use, and tells in the ledger what it used and what it was refused. One in which a station was
 * started may be gone on with by whoever has the step by now: then it is that one's to end. Any other is of no use to anybody.
 */
export async function using<T>(
  workspace: Workspace,
  { stage, job, own = false }: { readonly stage: Stage; readonly job: Job; readonly own?: boolean },
  use: () => Promise<T>,
): Promise<T> {
  try {
    const made = await use();
    await append(job, await usageEvents(workspace, stage, job));
    return made;
  } finally {
    if (own || !isByStation(stage) || stopReason(job.signal) !== 'lost') {
      await workspace.destroy();
      await job.needs.lending.takeBack(workspace.name);
    }
  }
}

async function usageEvents(workspace: Workspace, stage: Stage, job: Job): Promise<readonly Keyed[]> {
  const { cpuMs, memoryPeakBytes, diskBytes, refusals } = await workspace.usage();
  const of = { stage: stage.id, attempt: attemptOf(job.state, stage.id), workspace: workspace.name } as const;
  const refused = refusals.map(({ request, why }, index): Keyed => [
    keyFor(stage, job, `${workspace.name}/refused/${index}`),
    { type: 'egress.refused', ...of, request, why },
  ]);
  return [...refused, [keyFor(stage, job, `${workspace.name}/used`), { type: 'workspace.used', ...of, cpuMs, memoryPeakBytes, diskBytes }]];
}

function keyFor(stage: Stage, job: Job, what: string): string {
  return `${stage.id}/${attemptOf(job.state, stage.id)}/workspace/${job.step.token}/${what}`;
}
