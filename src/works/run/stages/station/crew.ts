import { JidokaError } from '../../../../core/base/error.ts';
import type { EventBody } from '../../../../core/evidence/event.ts';
import type { Stage } from '../../../../core/line/line.ts';
import { attemptOf } from '../../../../core/line/state.ts';
import { hasHadItsRounds, stationsOf } from '../../../../core/line/stations.ts';
import type { Station } from '../../../../core/ports/station.ts';
import { crewOf } from '../../../../core/station/crew-of.ts';
import type { Known } from '../../../assignment/index.ts';
import type { Job } from '../../job.ts';
import { append, type Keyed } from '../../record/append.ts';

interface Handover {
  readonly claimed: EventBody;
  readonly from: string;
  readonly to: string;
  readonly why: string;
  readonly at: number;
}

/** Puts on record what a station said that cannot go on, and who does in its place. */
export async function handOver(stage: Stage, job: Job, { claimed, from, to, why, at }: Handover): Promise<void> {
  const attempt = attemptOf(job.state, stage.id);
  const key = `${stage.id}/${attempt}/handed-over/${job.step.token}/${at}`;
  await append(job, [
    [`${key}/claim`, claimed],
    [key, { type: 'station.handed-over', stage: stage.id, attempt, from, to, why }],
  ]);
  job.note(`${stage.id}: ${from} cannot go on, ${to} does. ${why}`);
}

/** Those that can work in the role of the stage, in the order in which they are tried. Of the others the ledger says who was passed over for whom, and why. */
export async function ableOf(stage: Stage, job: Job): Promise<readonly Station[]> {
  const { able, unfit } = crewOf(stage, job.input.line, job.needs.stations);
  // The first is the last to be asked once it was given up.
  const crew = hasHadItsRounds(stage.id, job.state) ? [...able.slice(1), ...able.slice(0, 1)] : able;
  const [to] = crew;
  if (to === undefined) return crew;
  const attempt = attemptOf(job.state, stage.id);
  const passed = unfit.map(({ station: { name }, why }): Keyed => [
    `${stage.id}/${attempt}/passed-over/${name}`,
    { type: 'station.handed-over', stage: stage.id, attempt, from: name, to: to.name, why },
  ]);
  if (passed.length > 0) await append(job, passed);
  return crew;
}

/** Tells the ledger that the first station has had its rounds, and the one after it that it takes over; null where it has not. */
export async function givenUp(stage: Stage, job: Job, crew: readonly Station[]): Promise<Known['handover']> {
  const [to, from] = [crew[0], crew.at(-1)];
  if (!hasHadItsRounds(stage.id, job.state) || to === undefined || from === undefined || crew.length < 2) return null;
  const attempt = attemptOf(job.state, stage.id);
  const times = job.state.reworks.filter(({ to: again }) => again === stage.id).length;
  const why = `What it made was objected to ${times} times.`;
  const body: EventBody = { type: 'station.handed-over', stage: stage.id, attempt, from: from.name, to: to.name, why };
  await append(job, [[`${stage.id}/${attempt}/given-up`, body]]);
  job.note(`${stage.id}: ${from.name} hands over to ${to.name}. ${why}`);
  return { from: from.name, why, tree: 'clean' };
}

/** The one whose turn it is; throws `line-invalid` where the factory has none of those that the stage names. */
export function stationAt(crew: readonly Station[], at: number, stage: Stage): Station {
  const station = crew[at];
  if (station !== undefined) return station;
  const named = stationsOf(stage).join(', ');
  throw new JidokaError('line-invalid', `Stage "${stage.id}" names the station "${named}", which this factory does not have.`, {
    mend: '`jidoka doctor` tells which stations there are.',
  });
}
