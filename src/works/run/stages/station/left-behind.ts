import { isJidokaError, JidokaError } from '../../../../core/base/error.ts';
import type { Json } from '../../../../core/base/json.ts';
import type { EventBody } from '../../../../core/evidence/event.ts';
import type { Stage } from '../../../../core/line/line.ts';
import { attemptOf } from '../../../../core/line/state.ts';
import type { Attached, Workspace } from '../../../../core/ports/floor.ts';
import type { Resumption } from '../../../../core/station/resumption.ts';
import type { Known } from '../../../assignment/index.ts';
import type { Job } from '../../job.ts';
import { append } from '../../record/append.ts';

/** What a station had begun in an earlier life of the attempt, and how it is gone on with. */
export interface Left {
  readonly workspace: Workspace;
  /** Who goes on. */
  readonly station: string;
  readonly how: Exclude<Resumption, 'begun-anew'>;
  /** What it recorded; null where it had not begun yet. */
  readonly handle: Json | null;
  readonly handover: Known['handover'];
}

/**
 * What a process that died since left of the attempt, ready to be gone on with; null where nothing was begun, or where it
 * is to be begun anew from the base, which the ledger is told.
 */
export async function leftBehind(stage: Stage, job: Job): Promise<Left | null> {
  const traces = tracesOf(await attemptBodies(stage, job));
  if (traces === null) return null;
  const { started, handle, handover } = traces;
  const station = handover?.to ?? started.station;
  const how = handover === null ? resumptionOf(station, handle, job) : 'handed-over';
  const found = await adopted(started, job);
  if (found.kind === 'attached' && how !== null) {
    await tell(stage, job, { station, how, why: '' });
    return { workspace: found.workspace, station, how, handle: handover === null ? handle : null, handover };
  }
  if (found.kind === 'attached') {
    await found.workspace.destroy();
    await job.needs.lending.takeBack(found.workspace.name);
  }
  const why = found.kind === 'lost' ? found.why : 'it had not come far enough to be gone on with, or cannot be.';
  await tell(stage, job, { station, how: 'begun-anew', why });
  return null;
}

/** Tells the ledger that what had been gone on with failed, cut off from the factory that had begun it, and is begun anew. */
export async function tellCutOff(stage: Stage, job: Job, station: string, summary: string): Promise<void> {
  const why = `it failed after the factory that served it had died, and may have lost what it was asking for: ${summary}`;
  await tell(stage, job, { station, how: 'begun-anew', why });
}

type Begun = Extract<EventBody, { type: 'station.started' }>;

interface Traces {
  readonly started: Begun;
  readonly handle: Json;
  /** To whom it had been handed over since, who had not begun. */
  readonly handover: (Known['handover'] & { readonly to: string }) | null;
}

/** What an attempt has on record of the station that was at work; null where none was, or its try was over. */
function tracesOf(bodies: readonly EventBody[]): Traces | null {
  const at = bodies.findLastIndex(({ type }) => type === 'station.started');
  const started = bodies[at];
  if (started?.type !== 'station.started') return null;
  const since = bodies.slice(at);
  if (since.some(({ type }) => type === 'stage.retried')) return null;
  const noted = since.findLast((body) => body.type === 'station.noted');
  const handed = since.findLast((body) => body.type === 'station.handed-over');
  const handover = handed === undefined ? null : { from: handed.from, to: handed.to, why: handed.why, tree: 'left' as const };
  return { started, handle: noted?.handle ?? started.handle, handover };
}

async function attemptBodies(stage: Stage, job: Job): Promise<readonly EventBody[]> {
  const attempt = attemptOf(job.state, stage.id);
  const bodies = (await job.needs.ledger.read(job.run)).map(({ body }) => body);
  return bodies.filter((body) => 'attempt' in body && 'stage' in body && body.stage === stage.id && body.attempt === attempt);
}

function resumptionOf(name: string, handle: Json, { needs }: Job): Exclude<Resumption, 'begun-anew'> | null {
  const station = needs.stations.get(name);
  return station?.resumption === undefined ? 'attached' : station.resumption(handle);
}

async function tell(
  stage: Stage,
  job: Job,
  resumed: Pick<Extract<EventBody, { type: 'station.resumed' }>, 'station' | 'how' | 'why'>,
): Promise<void> {
  const attempt = attemptOf(job.state, stage.id);
  const body: EventBody = { type: 'station.resumed', stage: stage.id, attempt, ...resumed };
  const { station, how, why } = resumed;
  // One process may first go on with it, and then begin it anew.
  await append(job, [[`${stage.id}/${attempt}/resumed/${job.step.token}/${how}`, body]]);
  const words = { ...goingOn, 'begun-anew': `is begun anew: ${why}` };
  job.note(`${stage.id}: the station ${station} ${words[how]}`);
}

const goingOn = {
  attached: 'is gone on with: its process lives on.',
  session: 'goes on with its own session.',
  reported: 'had handed in its report.',
  'handed-over': 'goes on where the one before it had to end.',
} as const;

type Adopted = Extract<Attached, { kind: 'attached' }> | { readonly kind: 'lost'; readonly why: string };

/** One that is held by a process that lost the step and lives on, or stands still, is let be: the station is begun anew. */
async function adopted({ workspace: name, ref }: Begun, job: Job): Promise<Adopted> {
  try {
    const { floor } = job.needs;
    const found = await floor.attach(ref ?? { floor: floor.kind, host: '', name });
    // An empty one in its place would look like what it was about to become.
    if (found.kind === 'unreachable') throw unreachable(name, found.why);
    return found.kind === 'gone' ? { kind: 'lost', why: 'its workspace is gone.' } : found;
  } catch (error) {
    if (!isJidokaError(error) || error.code !== 'workspace-failed') throw error;
    return { kind: 'lost', why: error.message };
  }
}

function unreachable(name: string, why: string): JidokaError {
  return new JidokaError('floor-unreachable', `The workspace ${name}, in which a station was started, cannot be reached: ${why}`, {
    mend: 'Bring its host back and resume the run, or remove the workspace with `jidoka floor reap` there and run it again.',
  });
}
