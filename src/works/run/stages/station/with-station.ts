import { isJidokaError } from '../../../../core/base/error.ts';
import type { EventBody } from '../../../../core/evidence/event.ts';
import type { Claim } from '../../../../core/evidence/fact.ts';
import { refusedWords, type RefusedCalls } from '../../../../core/evidence/model-count.ts';
import { parseDuration } from '../../../../core/line/duration.ts';
import type { Stage } from '../../../../core/line/line.ts';
import { attemptOf } from '../../../../core/line/state.ts';
import type { Json } from '../../../../core/base/json.ts';
import type { Workspace } from '../../../../core/ports/floor.ts';
import type { Admitted } from '../../../../core/ports/gateway/model-access.ts';
import type { Station } from '../../../../core/ports/station.ts';
import type { ReportForm } from '../../../../core/station/report.ts';
import { lookIntoTree, orderText, treeWords, type Known } from '../../../assignment/index.ts';
import { append } from '../../record/append.ts';
import { noteSeen } from '../../record/note-seen.ts';
import { using, withCheckout } from '../../checkout.ts';
import type { Job, StageWork } from '../../job.ts';
import { timeoutOf } from '../tree-job.ts';
import { ableOf, givenUp, handOver, stationAt } from './crew.ts';
import { feedbackOf } from './feedback.ts';
import { leftBehind, tellCutOff, type Left } from './left-behind.ts';
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
  const at = Math.max(
    0,
    crew.findIndex(({ name }) => name === left?.station),
  );
  if (left !== null) {
    const work = await using(left.workspace, { stage, job }, () => goOn(stage, job, { order, crew, at, ...left }, look));
    if (work !== null) return work;
  }
  const handover = await givenUp(stage, job, crew);
  return await withCheckout(stage, job, async (workspace) => {
    await order.prepare?.(workspace);
    const relayed = { order, crew, workspace, at, handle: null, handover };
    return await judged(stage, job, { ...relayed, ended: await performOnce(stage, job, turnOf(stage, relayed)) }, look);
  });
}

interface Relay {
  readonly order: StationOrder;
  readonly crew: readonly Station[];
  readonly workspace: Workspace;
  readonly at: number;
  readonly handle: Json | null;
  readonly handover: Known['handover'];
}

function turnOf(stage: Stage, { order, crew, workspace, at, handle, handover }: Relay): Turn {
  return { order, station: stationAt(crew, at, stage), workspace, handle, handover, at, isLast: at + 1 >= crew.length };
}

/**
 * Goes on with what a process that died since left of the attempt. Null where it is to be begun anew from the base: what a
 * program asked of the factory, a model or its report desk, broke off under it when that died, so that its failing says
 * nothing of it. What it came to otherwise counts.
 */
async function goOn(
  stage: Stage,
  job: Job,
  relayed: Relay & Pick<Left, 'how'>,
  look: (performed: Performed) => Promise<StageWork>,
): Promise<StageWork | null> {
  const turn = turnOf(stage, relayed);
  const ended = await performOnce(stage, job, turn);
  const { said, refused, isNew } = ended;
  // Who was refused by a budget would be refused again.
  const mayBeCutOff = relayed.how === 'attached' && !isNew && (refused === null || refused.answeredAfter);
  if (!mayBeCutOff || said.says !== 'failed') return await judged(stage, job, { ...relayed, ended }, look);
  await tellCutOff(stage, job, turn.station.name, said.summary);
  return null;
}

/** Lets what a station came to be looked at, or the next one go on where that one could not. */
async function judged(
  stage: Stage,
  job: Job,
  relayed: Relay & { readonly ended: Ended },
  look: (performed: Performed) => Promise<StageWork>,
): Promise<StageWork> {
  const { order, crew, workspace, at, ended } = relayed;
  const { said, refused } = ended;
  const claimed: EventBody = {
    type: 'claim.made',
    stage: stage.id,
    form: order.form,
    attempt: attemptOf(job.state, stage.id),
    claim: said,
  };
  const claim = refused === null ? said : withRefused(said, refused);
  const { failure, summary: why, logs } = claim;
  if (claim.says !== 'failed' || failure === undefined) return await look({ claim, claimed, workspace });
  const { name: from } = stationAt(crew, at, stage);
  const next = crew[at + 1];
  if (next === undefined) return { kind: 'failed', class: failure, command: from, message: why, events: [claimed], logs };
  await handOver(stage, job, { claimed, from, to: next.name, why, at });
  const after: Relay = { order, crew, workspace, at: at + 1, handle: null, handover: { from, why, tree: 'left' } };
  return await judged(stage, job, { ...after, ended: await performOnce(stage, job, turnOf(stage, after)) }, look);
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
  /** False where it only waited for what had been begun before. */
  readonly isNew: boolean;
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

/** Lets one station work, and puts on record what budgets refused it. */
async function performOnce(stage: Stage, job: Job, turn: Turn): Promise<Ended> {
  const ended = await perform(stage, job, turn);
  job.signal.throwIfAborted();
  const { refused } = ended;
  if (refused === null) return ended;
  const { station, at, handle } = turn;
  const attempt = attemptOf(job.state, stage.id);
  const body: EventBody = { type: 'models.refused', stage: stage.id, attempt, station: station.name, ...refused };
  // What was left and what is begun anew after it are refused apart, by one process.
  await append(job, [[`${stage.id}/${attempt}/refused/${job.step.token}/${at}${handle === null ? '' : '/left'}`, body]]);
  return ended;
}

async function perform(stage: Stage, job: Job, turn: Turn): Promise<Ended> {
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
  if (asks.kind === 'none') return { said: unplanned(station.name, asks.why), refused: null, isNew: true };
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
    return { said, refused: await admitted.refused(), isNew: times > 0 };
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
