import { isJidokaError } from '../../core/base/error.ts';
import type { EnvironmentSpec } from '../../core/environment/environment-spec.ts';
import type { EventBody } from '../../core/evidence/event.ts';
import { parseDuration } from '../../core/line/duration.ts';
import type { Stage } from '../../core/line/line.ts';
import { attemptOf } from '../../core/line/state.ts';
import { stopReason } from '../../core/ports/abort.ts';
import type { BaseRef, Workspace } from '../../core/ports/floor.ts';
import { checkoutBase, listedOnce, notFetched, setUpBase } from '../base/index.ts';
import { readEnvironment, unmetTools } from '../environment/index.ts';
import type { Job } from './job.ts';
import { append, type Keyed } from './record/append.ts';

/** Opens a clean workspace with the base commit in it, gives it to `use`, and ends it whatever happens. */
export async function withCheckout<T>(stage: Stage, job: Job, use: (workspace: Workspace) => Promise<T>): Promise<T> {
  const base = await baseFor(stage, job);
  // Named for this taking of the step: a process that lost it must not sweep away what its successor works in.
  const name = `${job.run}-${stage.id}-${job.step.token.slice(0, 8)}`;
  const workspace = await job.needs.floor.open(name, { base });
  return await using(workspace, { stage, job }, async () => {
    // Asked for at the first request: nothing runs in it yet. What is lent is taken back when the workspace ends.
    if (needsSetup(stage)) await job.needs.lending.lend(job.packet.scope.repository, name);
    const attempt = attemptOf(job.state, stage.id);
    await append(job, [
      [keyFor(stage, job, 'opened'), { type: 'workspace.opened', stage: stage.id, attempt, ref: workspace.ref, base: base.key }],
    ]);
    return await use(stalling(workspace, stage));
  });
}

/**
 * What the workspace of a stage begins with: that of a station or of a command of the line what the environment of the
 * repository asks for, the others the bare commit, because what they look at is how it is set up.
 */
async function baseFor(stage: Stage, job: Job): Promise<BaseRef> {
  const { repository } = job.packet.scope;
  const environment = await environmentOf(stage, job);
  if (environment === null || !needsSetup(stage)) return await checkoutBase(repository, job.needs, { signal: job.signal });
  if (environment.setup.length > 0) job.note(`${stage.id}: setting up what ${environment.source ?? 'the repository'} asks for`);
  return await setUpBase(repository, environment, job.needs, { signal: job.signal });
}

function needsSetup({ does, station }: Stage): boolean {
  return does === 'command' || (does === 'change' && station !== 'mechanic');
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
  { stage, job }: { readonly stage: Stage; readonly job: Job },
  use: () => Promise<T>,
): Promise<T> {
  try {
    const made = await use();
    await append(job, await usageEvents(workspace, stage, job));
    return made;
  } finally {
    if (stage.does !== 'change' || stopReason(job.signal) !== 'lost') {
      await workspace.destroy();
      await job.needs.lending.takeBack(workspace.name);
    }
  }
}

async function usageEvents(workspace: Workspace, stage: Stage, job: Job): Promise<readonly Keyed[]> {
  const { cpuMs, memoryPeakBytes, diskBytes, refusals } = await workspace.usage();
  const of = { stage: stage.id, attempt: attemptOf(job.state, stage.id), workspace: workspace.name } as const;
  const refused = refusals.map(({ request, why }, index): Keyed => [
    keyFor(stage, job, `refused/${index}`),
    { type: 'egress.refused', ...of, request, why },
  ]);
  return [...refused, [keyFor(stage, job, 'used'), { type: 'workspace.used', ...of, cpuMs, memoryPeakBytes, diskBytes }]];
}

function keyFor(stage: Stage, job: Job, what: string): string {
  return `${stage.id}/${attemptOf(job.state, stage.id)}/workspace/${job.step.token}/${what}`;
}
