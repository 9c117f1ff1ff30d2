import { isJidokaError, JidokaError } from '../../../../core/base/error.ts';
import type { EventBody } from '../../../../core/evidence/event.ts';
import type { Claim } from '../../../../core/evidence/fact.ts';
import { refusedWords, type RefusedCalls } from '../../../../core/evidence/model-count.ts';
import { parseDuration } from '../../../../core/line/duration.ts';
import type { Stage } from '../../../../core/line/line.ts';
import { attemptOf } from '../../../../core/line/state.ts';
import { hasHadItsRounds, stationsOf } from '../../../../core/line/stations.ts';
import type { Json } from '../../../../core/base/json.ts';
import type { Workspace } from '../../../../core/ports/floor.ts';
import type { Admitted } from '../../../../core/ports/gateway/model-access.ts';
import type { Station } from '../../../../core/ports/station.ts';
import type { ReportForm } from '../../../../core/station/report.ts';
import { lookIntoTree, orderText, treeWords, type Known } from '../../../assignment/index.ts';
import { crewOf } from '../../../../core/station/crew-of.ts';
import { append, type Keyed } from '../../record/append.ts';
import { noteSeen } from '../../record/note-seen.ts';
import { using, withCheckout } from '../../checkout.ts';
import type { Job, StageWork } from '../../job.ts';
import { timeoutOf } from '../tree-job.ts';
import { feedbackOf } from './feedback.ts';
import { leftBehind } from './left-behind.ts';
import { modelFor, type ModelFor } from './model-for.ts';

/** What a stage wants of its station. */
export interface StationOrder {
  readonly form: ReportForm;
  /** What the factory found by now and the station is told. */
  readonly known: Pick<Known, 'reproduction' | 'plan' | 'patch'>;
  /** Makes the clean checkout what the station is to find; left out where it is to find just that. */
  readonly prepare?: (workspace: Workspace) => Promise<void>;
}

/** A station that came to an end, in the workspace as it left it. */
export interface Performed {
  /** What it says, and what its gateway says of calls that a budget refused. */
  readonly claim: Claim;
  /** Puts on record what it says. */
  readonly claimed: EventBody;
  readonly workspace: Workspace;
}

/**
 * Lets a station of the stage work in a clean checkout, and looks at what it left. Where one cannot go on, by an outage of
 * its own or a crash, the next one that the stage names does, in the same workspace and with the same packet: what the
 * first was in the middle of is for the second to look at, and for inspection to find. Where two rounds of rework did not
 * help, the third begins with the second station, from the base.
 */
export async function withStation(
  stage: Stage,
  job: Job,
  order: StationOrder,
  look: (performed: Performed) => Promise<StageWork>,
): Promise<StageWork> {
  const crew = await ableOf(stage, job);
  const left = await leftBehind(stage, job);
  if (left === null) {
    const handover = await givenUp(stage, job, crew);
    return await withCheckout(stage, job, async (workspace) => {
      await order.prepare?.(workspace);
      return await relay(stage, job, { order, crew, workspace, at: 0, handle: null, handover }, look);
    });
  }
  const { workspace, station } = left;
  const at = Math.max(
    0,
    crew.findIndex(({ name }) => name === station),
  );
  return await using(workspace, { stage, job }, () => relay(stage, job, { order, crew, at, ...left }, look));
}

interface Relay {
  readonly order: StationOrder;
  readonly crew: readonly Station[];
  readonly workspace: Workspace;
  readonly at: number;
  readonly handle: Json | null;
  readonly handover: Known['handover'];
}

async function relay(stage: Stage, job: Job, relayed: Relay, look: (performed: Performed) => Promise<StageWork>): Promise<StageWork> {
  const { order, crew, workspace } = relayed;
  let [at, handle, handover]: [number, Json | null, Known['handover']] = [relayed.at, relayed.handle, relayed.handover];
  for (;;) {
    const station = stationAt(crew, at, stage);
    const turn = { order, station, workspace, handle, handover, at, isLast: at + 1 >= crew.length };
    const { said, refused } = await performOnce(stage, job, turn);
    job.signal.throwIfAborted();
    const attempt = attemptOf(job.state, stage.id);
    const claimed: EventBody = { type: 'claim.made', stage: stage.id, form: order.form, attempt, claim: said };
    const claim = refused === null ? said : withRefused(said, refused);
    if (refused !== null) {
      const body: EventBody = { type: 'models.refused', stage: stage.id, attempt, station: station.name, ...refused };
      await append(job, [[`${stage.id}/${attempt}/refused/${job.step.token}/${at}`, body]]);
    }
    const { failure } = claim;
    if (claim.says !== 'failed' || failure === undefined) return await look({ claim, claimed, workspace });
    const next = crew[at + 1];
    if (next === undefined)
      return { kind: 'failed', class: failure, command: station.name, message: claim.summary, events: [claimed], logs: claim.logs };
    await handOver(stage, job, { claimed, from: station.name, to: next.name, why: claim.summary, at });
    [at, handle, handover] = [at + 1, null, { from: station.name, why: claim.summary, tree: 'left' }];
  }
}

interface Turn {
  readonly order: StationOrder;
  readonly station: Station;
  readonly workspace: Workspace;
  readonly handle: Json | null;
  readonly handover: Known['handover'];
  readonly at: number;
  /** No other station could take over from it. */
  readonly isLast: boolean;
}

interface Ended {
  readonly said: Claim;
  readonly refused: RefusedCalls | null;
}

/** What a station says, in the light of calls that a budget refused: who fails for that is not asked again, and no other is in his place. */
function withRefused(said: Claim, refused: RefusedCalls): Claim {
  const [room] = refused.sentence.split(':');
  const isTold = refused.sentence !== '' && said.summary.includes(room ?? '');
  const claim = isTold ? said : { ...said, summary: `${refusedWords(refused)} ${said.summary}` };
  if (claim.says !== 'failed' || refused.answeredAfter) return claim;
  const { failure: _failure, report: _report, ...rest } = claim;
  return rest;
}

async function performOnce(stage: Stage, job: Job, turn: Turn): Promise<Ended> {
  const { order, station, workspace, handle, handover, at, isLast } = turn;
  const { packet, signal, note, state, input, step } = job;
  const attempt = attemptOf(state, stage.id);
  const feedback = feedbackOf(state);
  const key = `${stage.id}/${attempt}/station/${step.token}${at === 0 ? '' : `/${at}`}`;
  let times = 0;
  const remember = async (begun: Json): Promise<void> => {
    const [of, place] = [
      { stage: stage.id, attempt, station: station.name },
      { workspace: workspace.name, ref: workspace.ref },
    ];
    const started: EventBody = { type: 'station.started', ...of, ...place, handle: begun };
    times += 1;
    await append(job, [times === 1 ? [key, started] : [`${key}/noted/${times}`, { type: 'station.noted', ...of, handle: begun }]]);
  };
  const { form, known: found } = order;
  const named = input.line.roles?.find(({ name }) => name === stage.role) ?? null;
  const text = await textFor(station, workspace, { form, text: orderText(form, packet, { ...found, feedback, handover }) });
  const limits = { timeoutMs: timeoutOf(stage), stallMs: stage.stall === undefined ? null : parseDuration(stage.stall) };
  await noteSeen((await station.identify?.()) ?? null, job.needs);
  const asks = await modelFor(stage, job, { role: named, station });
  if (asks.kind === 'none') return { said: unplanned(station.name, asks.why), refused: null };
  const admitted = await admit(stage, job, { station, workspace, asks, handle });
  const role = named === null ? null : { ...named, model: asks.name };
  const assignment = { form, role, text };
  try {
    const run = stage.run ?? [];
    const script = input.line.scripts?.find((played) => played.station === station.name);
    const known = { packet, assignment, run, feedback, attempt, ...(script === undefined ? {} : { script }) };
    const performed = station.perform({ ...known, workspace, signal, ...limits, handle, remember, note });
    const said = await performed.catch((error: unknown) => {
      // What the floor or the record did is not the station's doing, and no other station would fare better.
      if (isJidokaError(error) || signal.aborted || isLast) throw error;
      return crashed(station.name, error);
    });
    return { said, refused: await admitted.refused() };
  } finally {
    await admitted.end();
  }
}

/** Lets a station ask models, under a key of this stage of this run. */
function admit(
  stage: Stage,
  { run, input, needs }: Job,
  {
    station,
    workspace,
    asks,
    handle,
  }: Pick<Turn, 'station' | 'workspace' | 'handle'> & { readonly asks: Extract<ModelFor, { kind: 'asks' }> },
): Promise<Admitted> {
  return needs.models.admit({
    workspace: workspace.name,
    caller: { line: input.line.name, fleet: input.parent?.run ?? null, run, stage: stage.id, station: station.name },
    asks: asks.name,
    ...(asks.chosen && { chosen: asks.chosen }),
    lifeMs: timeoutOf(stage),
    goesOn: handle !== null,
  });
}

/** Who cannot look into the tree is shown of it what his order speaks of. */
async function textFor(
  { isBlind = false }: Station,
  { files }: Workspace,
  { form, text }: { readonly form: ReportForm; readonly text: string },
): Promise<string> {
  return isBlind ? `${text}\n\n${treeWords(await lookIntoTree(files, form, text))}` : text;
}

function unplanned(station: string, summary: string): Claim {
  return { kind: 'claim', station, says: 'escalate', code: 'no-plan', summary, steps: [], logs: [] };
}

function crashed(station: string, error: unknown): Claim {
  const summary = `The station ${station} crashed: ${error instanceof Error ? error.message : String(error)}`;
  return { kind: 'claim', station, says: 'failed', code: 'station-crashed', summary, steps: [], failure: 'crash', logs: [] };
}

interface Handover {
  readonly claimed: EventBody;
  readonly from: string;
  readonly to: string;
  readonly why: string;
  readonly at: number;
}

async function handOver(stage: Stage, job: Job, { claimed, from, to, why, at }: Handover): Promise<void> {
  const attempt = attemptOf(job.state, stage.id);
  const key = `${stage.id}/${attempt}/handed-over/${job.step.token}/${at}`;
  await append(job, [
    [`${key}/claim`, claimed],
    [key, { type: 'station.handed-over', stage: stage.id, attempt, from, to, why }],
  ]);
  job.note(`${stage.id}: ${from} cannot go on, ${to} does. ${why}`);
}

/** Those that can work in the role of the stage, in the order in which they are tried. Of the others the ledger says who was passed over for whom, and why. */
async function ableOf(stage: Stage, job: Job): Promise<readonly Station[]> {
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
async function givenUp(stage: Stage, job: Job, crew: readonly Station[]): Promise<Known['handover']> {
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

function stationAt(crew: readonly Station[], at: number, stage: Stage): Station {
  const station = crew[at];
  if (station !== undefined) return station;
  const named = stationsOf(stage).join(', ');
  throw new JidokaError('line-invalid', `Stage "${stage.id}" names the station "${named}", which this factory does not have.`, {
    mend: '`jidoka doctor` tells which stations there are.',
  });
}
