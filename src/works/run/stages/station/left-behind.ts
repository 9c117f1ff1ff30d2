import { isJidokaError, JidokaError } from '../../../../core/base/error.ts';
import type { Json } from '../../../../core/base/json.ts';
import type { EventBody } from '../../../../core/evidence/event.ts';
import type { Stage } from '../../../../core/line/line.ts';
import { attemptOf } from '../../../../core/line/state.ts';
import type { Workspace } from '../../../../core/ports/floor.ts';
import type { Job } from '../../job.ts';

/** What a station had begun in an earlier life of the attempt. */
interface Left {
  readonly workspace: Workspace;
  readonly handle: Json;
  readonly station: string;
}

/** The workspace in which a station was started by a process that died since, if it still is on this machine. */
export async function leftBehind(stage: Stage, job: Job): Promise<Left | null> {
  const { ledger } = job.needs;
  const attempt = attemptOf(job.state, stage.id);
  const events = await ledger.read(job.run);
  const ofThis = events.map(({ body }) => body).filter((body) => body.type === 'station.started');
  const started = ofThis.findLast((body) => body.stage === stage.id && body.attempt === attempt);
  const workspace = started === undefined ? null : await adopted(started, job);
  return started === undefined || workspace === null ? null : { workspace, handle: started.handle, station: started.station };
}

type Begun = Extract<EventBody, { type: 'station.started' }>;

/** One that is held by a process that lost the step and lives on, or stands still, is let be: the station is begun anew. */
async function adopted({ workspace: name, ref }: Begun, job: Job): Promise<Workspace | null> {
  try {
    const { floor } = job.needs;
    const found = await floor.attach(ref ?? { floor: floor.kind, host: '', name });
    // An empty one in its place would look like what it was about to become.
    if (found.kind === 'unreachable') throw unreachable(name, found.why);
    return found.kind === 'gone' ? null : found.workspace;
  } catch (error) {
    if (!isJidokaError(error) || error.code !== 'workspace-failed') throw error;
    job.note(`What had been begun cannot be gone on with: ${error.message}`);
    return null;
  }
}

function unreachable(name: string, why: string): JidokaError {
  return new JidokaError('floor-unreachable', `The workspace ${name}, in which a station was started, cannot be reached: ${why}`, {
    mend: 'Bring its host back and resume the run, or remove the workspace with `jidoka floor reap` there and run it again.',
  });
}
