import type { Claim } from '../../../core/evidence/fact.ts';
import type { Blobs } from '../../../core/ports/blobs.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { Station, StationJob } from '../../../core/ports/station.ts';
import type { ReportDesk, ToolDesk } from '../../../core/ports/stations/report-desk.ts';
import { modelCapabilities } from '../capabilities.ts';
import { claimOf } from '../claim.ts';
import { openSession } from '../session/session.ts';
import { supervise, type Supervision } from '../supervise.ts';
import { modelOf } from './model-named.ts';
import { modelTalk } from './model-talk.ts';
import { modelPrompt, modelSystem } from './words.ts';

export interface ModelStationOptions {
  readonly desk: ReportDesk & ToolDesk;
  readonly blobs: Pick<Blobs, 'put'>;
  readonly clock: Clock;
  /** Whether there is a gateway that requests of jobs go to. */
  readonly hasGateway: () => boolean;
  /** What is asked for, where the owner has a name of his own for it; the name itself otherwise. */
  readonly asked?: string;
}

/** How often a model is asked again whose report was not accepted, or that handed in none. */
const followUps = 1;

/**
 * A station that asks a model once, through the gateway of the workspace, and takes the arguments of the one tool that it
 * must call for its report, by the same desk and the same rules as that of an agent. It has no tools beside that, and sees
 * nothing but its order: it is for judgements.
 *
 * @example
 * const station = modelStation('small', { desk, blobs, clock, hasGateway: () => true });
 * station.name; // 'model:small'
 */
export function modelStation(named: string, options: ModelStationOptions): Station {
  const [name, asked] = [`model:${named}`, options.asked ?? named];
  return {
    name,
    model: modelOf(asked).model,
    isBlind: true,
    capabilities: modelCapabilities,
    perform: (job) => perform(job, { name, asked, options }),
  };
}

interface Performing {
  readonly name: string;
  readonly asked: string;
  readonly options: ModelStationOptions;
}

async function perform(job: StationJob, { name, asked, options }: Performing): Promise<Claim> {
  const { desk, blobs, clock } = options;
  if (!options.hasGateway()) return noGateway(name);
  const enough = new AbortController();
  const session = openSession({ name, clock, enough: () => enough.abort() });
  const talked = { ...modelOf(asked), job: job.workspace.name, system: modelSystem(job.assignment.role), desk };
  const open: Supervision['open'] = (wire) => modelTalk(talked, wire);
  const supervised = { driver: { name }, open, prompt: modelPrompt(job), desk, session, clock, enough, followUps, ...asOnce };
  return forOthers(claimOf(name, await supervise(job, supervised), await session.store(blobs)));
}

/** A question is put anew where its answer was lost. */
const asOnce = { recorder: null, former: null } as const;

/** No other run of the same stage would find one; a station with a login of its own may be there. */
function noGateway(station: string): Claim {
  const summary = 'There is no model gateway that it could ask: JIDOKA_MODEL_URL names none.';
  return { kind: 'claim', station, says: 'failed', code: 'gateway-missing', summary, steps: [], failure: 'environment', logs: [] };
}

/** Of these errors the model is the cause, and not the work: the next station of the stage may do it. */
const ofThisModel: readonly string[] = ['agent-bad-request', 'agent-context-overflow', 'agent-model-unknown'];

function forOthers(claim: Claim): Claim {
  return ofThisModel.includes(claim.code) ? { ...claim, failure: 'environment' } : claim;
}
