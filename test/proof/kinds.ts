import { setTimeout as pause } from 'node:timers/promises';
import type { Running } from '../../kit/scenario/index.ts';
import type { EventBody, LedgerEvent } from '../../src/core/evidence/event.ts';
import type { Boundary } from './boundaries.ts';
import type { Trial } from './trial.ts';

/** Ways of disturbing a run; each is a row of the proof. */
export const kinds = ['worker-events', 'database-events', 'instants', 'two-workers', 'three-workers', 'stopped-worker'] as const;
export type Kind = (typeof kinds)[number];

/** Workers that a run has before anything is killed. */
export const staffOf: Readonly<Record<Kind, number>> = {
  'worker-events': 1,
  'database-events': 1,
  instants: 1,
  'two-workers': 2,
  'three-workers': 3,
  'stopped-worker': 2,
};

export interface Surroundings {
  /** How long a run takes that is not disturbed, in milliseconds. */
  readonly wholeMs: number;
  /** What this trial is to kill at; for the kinds of events. */
  readonly boundaries: readonly Boundary[];
  /** How often this trial is to kill; for the others. */
  readonly kills: number;
  /** Which trial of its kind it is, from 0. */
  readonly at: number;
}

/** Disturbs a run in one way. */
export async function disturb(kind: Kind, trial: Trial, around: Surroundings): Promise<void> {
  switch (kind) {
    case 'worker-events':
      return await atEvents(trial, around, () => killAndReplace(trial));
    case 'database-events':
      return await atEvents(trial, around, () => killServer(trial));
    case 'instants':
      return await atInstants(trial, around);
    case 'two-workers':
      return await inTurn(trial, around);
    case 'three-workers':
      return await twoOfThree(trial, around);
    case 'stopped-worker':
      return await stopAndGoOn(trial, around);
  }
}

async function atEvents(trial: Trial, { boundaries }: Surroundings, kill: () => Promise<void>): Promise<void> {
  for (const boundary of boundaries) {
    trial.holdsGate = boundary.type === 'gate.opened';
    const isInTime = await trial.meets(boundary);
    await kill();
    trial.holdsGate = false;
    trial.instants += 1;
    if (isInTime) trial.met.push(boundary);
    if (trial.chance.next() < 0.3) trial.house.reader.restart();
  }
}

/** The worker brings it back. */
async function killServer(trial: Trial): Promise<void> {
  if (!(await trial.killPostmaster())) throw new Error('there is no server to kill');
}

/** Where the run rests at its gate meanwhile, a person answers it while no process of the factory lives. */
async function killAndReplace(trial: Trial): Promise<void> {
  const [worker] = trial.house.workers;
  if (worker === undefined) throw new Error('there is no worker to kill');
  const isAtGate = isOpen(trial);
  trial.holdsGate = isAtGate;
  await trial.killWorker(worker);
  if (isAtGate) await answerAlone(trial);
  trial.holdsGate = false;
  await trial.house.staff(1);
}

function isOpen(trial: Trial): boolean {
  const bodies = trial.events().map(({ body }) => body);
  return bodies.some(({ type }) => type === 'gate.opened') && !bodies.some(({ type }) => type === 'gate.answered');
}

/** By a process of its own; who answered the gate before it is no fault. */
async function answerAlone(trial: Trial): Promise<void> {
  const gate = trial
    .events()
    .flatMap(({ body }) => (body.type === 'gate.opened' ? [body.gate] : []))
    .at(-1);
  const { code, stdout } = await trial.house.command(['approve', gate ?? '', '--json']);
  if (code !== 0 && !stdout.includes('gate-refused')) throw new Error(`the gate was not answered: ${stdout}`);
}

async function atInstants(trial: Trial, { wholeMs, kills }: Surroundings): Promise<void> {
  const { chance, house } = trial;
  for (let kill = 0; kill < kills; kill += 1) {
    await pause((chance.next() * wholeMs * 1.2) / kills);
    const victim = chance.pick(['worker', 'postmaster', 'both']);
    // A server that is just being started is no victim; then the worker is.
    const isKilled = victim !== 'worker' && (await trial.killPostmaster());
    if (victim !== 'postmaster' || !isKilled) await killAndReplace(trial);
    trial.instants += 1;
    if (chance.next() < 0.3) house.reader.restart();
  }
}

/** Of two workers one, or one after the other: there is always one that goes on. */
async function inTurn(trial: Trial, { wholeMs, kills }: Surroundings): Promise<void> {
  for (let kill = 0; kill < kills; kill += 1) {
    await pause((trial.chance.next() * wholeMs) / kills);
    await trial.killWorker(await holder(trial));
    trial.instants += 1;
    if (kill + 1 < kills) await trial.house.staff(2);
  }
}

async function twoOfThree(trial: Trial, { wholeMs }: Surroundings): Promise<void> {
  await pause(trial.chance.next() * wholeMs * 0.8);
  const first = await holder(trial);
  await Promise.all(
    [first, ...trial.house.workers.filter((worker) => worker !== first).slice(0, 1)].map((worker) => trial.killWorker(worker)),
  );
  trial.instants += 1;
}

/** A worker that has a stage in hand, or any where none has. */
async function holder(trial: Trial): Promise<Running> {
  const held = await stagesInHand(trial);
  const { workers } = trial.house;
  const found = workers.find(({ pid }) => held.some((step) => step.pid === pid)) ?? workers[0];
  if (found === undefined) throw new Error('there is no worker to kill');
  return found;
}

interface Held {
  readonly pid: number;
  readonly work: string;
  readonly id: string;
}

async function stagesInHand({ house }: Trial): Promise<readonly Held[]> {
  const { rows } = await house.database.attempt((pool) =>
    pool.query<Held>(
      `select e.pid, s.work, s.id from jidoka.step s join jidoka.executor e on e.id = s.executor
        where s.state = 'held' and s.id like 'stage/%' order by s.held_at`,
    ),
  );
  return rows;
}

/** Stops a worker in the middle of a stage until another has taken that over, then lets it go on: it comes too late. */
async function stopAndGoOn(trial: Trial, { at }: Surroundings): Promise<void> {
  for (const stage of stagesFrom((at + 1) % 4)) {
    const held = await begun(trial, stage);
    const worker = trial.house.workers.find(({ pid }) => pid === held?.pid);
    if (held === null || worker === undefined) continue; // the stage was quicker
    worker.kill('SIGSTOP');
    const stoppedMs = Date.now();
    const taken = await trial.until(
      ({ run, body }) => run === held.work && isEndOrTaking(body, held),
      `another that takes ${held.id} over`,
    );
    worker.kill('SIGCONT');
    if (taken.body.type !== 'step.reclaimed') continue; // it had ended when it was stopped
    trial.kills.push({ atMs: stoppedMs, victim: 'stopped', pid: worker.pid });
    trial.instants += 1;
    return;
  }
  throw new Error('no stage was stopped in time');
}

const stages = ['baseline', 'change', 'left', 'inspection', 'change', 'left', 'inspection'] as const;

/** Stages in the order of the run, both attempts, from one on. */
function stagesFrom(at: number): readonly string[] {
  return stages.slice(at).map((stage, index) => `${stage}/${at + index < 4 ? 1 : 2}`);
}

/** A stage in the hands of a worker that has begun it just now; null where it has ended already. */
async function begun(trial: Trial, stage: string): Promise<Held | null> {
  // A station's own program is to be under way, so that there is something to go on with.
  const type = stage.startsWith('change/') ? 'station.started' : 'stage.started';
  const isBegun = ({ run, body }: LedgerEvent): boolean =>
    trial.cast.get(run) === 'whole' && body.type === type && `${body.stage}/${body.attempt}` === stage;
  await trial.until(isBegun, stage);
  const held = await stagesInHand(trial);
  return held.find(({ id, work }) => trial.cast.get(work) === 'whole' && id === `stage/${stage}`) ?? null;
}

function isEndOrTaking(body: EventBody, { id }: Held): boolean {
  if (body.type === 'step.reclaimed') return body.step === id;
  return body.type === 'stage.completed' && `stage/${body.stage}/${body.attempt}` === id;
}
