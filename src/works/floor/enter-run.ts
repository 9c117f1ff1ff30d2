import { JidokaError } from '../../core/base/error.ts';
import type { RunId } from '../../core/base/ids.ts';
import type { LedgerEvent } from '../../core/evidence/event.ts';
import { find } from '../../core/evidence/run-result.ts';
import { standing } from '../../core/evidence/standing.ts';
import type { Actor } from '../../core/gate/answer.ts';
import { personOnly } from '../../core/gate/person-only.ts';
import type { Entered } from '../../core/ports/factory.ts';
import type { Workspace } from '../../core/ports/floor.ts';
import { checkoutBase } from '../base/index.ts';
import { findRun } from '../dispatch/index.ts';
import { newEvents } from '../run/index.ts';
import type { FloorNeeds } from './needs.ts';
import { stagesUnderWay } from './under-way.ts';

export interface EnterOrder {
  readonly actor: Actor;
  readonly stage: string | null;
}

/**
 * Enters the workspace of a run: that of a stage under way as it is, else the base with the run's change over it. Throws
 * `access-refused` for an agent, `run-unknown`, `usage` for a stage without a workspace.
 */
export async function enterRun(text: string, { actor, stage }: EnterOrder, open: () => Promise<FloorNeeds>): Promise<Entered> {
  personOnly(actor, 'enter a workspace');
  const needs = await open();
  const run = await findRun(text, needs.ledger);
  const events = await needs.ledger.read(run);
  const live = chosen(await liveWorkspaces(events, needs), stage, run);
  if (live !== null && (await isRecorded(run, live, { actor, needs })))
    // It is its stage's: whoever looks in leaves it as it stands.
    return { workspace: live.workspace, how: 'live', stage: live.stage, leave: async () => undefined };
  const workspace = await rebuild(run, await needs.ledger.read(run), needs);
  return { workspace, how: 'rebuilt', stage: null, leave: () => workspace.destroy() };
}

interface Live {
  readonly stage: string;
  readonly attempt: number;
  readonly workspace: Workspace;
}

interface Visit {
  readonly actor: Actor;
  readonly needs: FloorNeeds;
}

/**
 * Puts on record that a person was where a stage works: what is found there later need not be the station's alone. False
 * where the stage has ended meanwhile.
 */
async function isRecorded(run: RunId, { stage, attempt, workspace }: Live, { actor, needs }: Visit): Promise<boolean> {
  const { engine, ledger, clock } = needs;
  const summary = `${actor.name} entered the workspace ${workspace.name} while the stage was under way in it.`;
  const body = { type: 'observed', stage, what: 'visit', summary, logs: [] } as const;
  const at = clock.now();
  return await engine.transaction(async (tx) => {
    // Appending nothing takes the run's row: a stage that is under way then is so until this is written.
    await ledger.append(run, [], tx);
    const current = stagesUnderWay(await ledger.read(run, tx));
    if (!current.some((other) => other.stage === stage && other.attempt === attempt)) return false;
    const key = `${stage}/${attempt}/visit/${at}/${engine.executor}/${clock.monotonicMs()}`;
    await ledger.append(run, newEvents([[key, body]], at, actor.name), tx);
    return true;
  });
}

async function liveWorkspaces(events: readonly LedgerEvent[], { floor }: FloorNeeds): Promise<readonly Live[]> {
  const opened = events.map(({ body }) => body).filter((body) => body.type === 'workspace.opened');
  const found = await Promise.all(
    stagesUnderWay(events).map(async (at): Promise<Live | null> => {
      const ref = opened.findLast(({ stage, attempt }) => stage === at.stage && attempt === at.attempt)?.ref;
      if (ref === undefined) return null;
      const attached = await floor.attach(ref, { visit: true });
      if (attached.kind === 'unreachable') throw unreachable(ref.name, attached.why);
      return attached.kind === 'attached' ? { ...at, workspace: attached.workspace } : null;
    }),
  );
  return found.filter((live) => live !== null);
}

function chosen(live: readonly Live[], stage: string | null, run: RunId): Live | null {
  const named = live
    .map((each) => each.stage)
    .toSorted()
    .join(', ');
  if (stage === null && live.length > 1)
    throw new JidokaError('usage', `Several stages of ${run} have a workspace now: ${named}.`, { mend: 'Say which with --stage.' });
  const found = stage === null ? live[0] : live.find((each) => each.stage === stage);
  if (found !== undefined || stage === null) return found ?? null;
  throw new JidokaError('usage', `No stage "${stage}" of ${run} has a workspace now.`, {
    mend:
      named === '' ? 'Leave --stage out: that enters the base with what the run changed laid over it.' : `Those that have one: ${named}.`,
  });
}

/** A workspace of this visit alone: the base as it was committed, and over it the newest change that counts. */
async function rebuild(run: RunId, events: readonly LedgerEvent[], needs: FloorNeeds): Promise<Workspace> {
  const { floor, forge, blobs } = needs;
  const repository = find(events, 'run.started')?.seed.repository;
  if (repository === undefined) throw nothingStarted(run);
  const patch = find(standing(events), 'change.harvested')?.patch ?? null;
  const text = patch === null ? '' : await blobs.text(patch.sha256);
  const base = await checkoutBase(repository, needs);
  const workspace = await floor.open(await freeName(run, needs), { base });
  try {
    if (text !== '') await forge.apply(repository, text, workspace);
    return workspace;
  } catch (error) {
    await workspace.destroy();
    throw error;
  }
}

/** Two people may look at one run at once. */
async function freeName(run: RunId, { floor }: FloorNeeds): Promise<string> {
  const taken = new Set((await floor.list()).map(({ ref }) => ref.name));
  const names = Array.from({ length: taken.size + 1 }, (_, at) => `shell-${run}-${at + 1}`);
  return names.find((name) => !taken.has(name)) ?? `shell-${run}-${names.length + 1}`;
}

function unreachable(name: string, why: string): JidokaError {
  return new JidokaError('floor-unreachable', `The workspace ${name} of a stage under way cannot be reached: ${why}`, {
    mend: 'Bring its host back, or wait for the stage to end: then the base with the change is entered.',
  });
}

function nothingStarted(run: RunId): JidokaError {
  return new JidokaError('run-unknown', `The ledger does not say what ${run} was started with.`, { mend: 'List the runs: jidoka runs' });
}
