import { JidokaError } from '../../../core/base/error.ts';
import { parseRunId } from '../../../core/base/ids.ts';
import type { LedgerEvent } from '../../../core/evidence/event.ts';
import { fact } from '../../../core/evidence/fact.ts';
import { next, type Command } from '../../../core/line/next.ts';
import { attemptOf, fold, type RunState } from '../../../core/line/state.ts';
import type { Tx } from '../../../core/ports/tx.ts';
import { childrenOf } from '../children.ts';
import type { RunNeeds } from '../needs.ts';
import type { RunInput } from '../run-input.ts';
import { newEvents, wholeRun, type Keyed } from './append.ts';
import { concluded } from './conclude.ts';
import { stepsOf } from './steps-of.ts';

/** Who takes a run back, and why. */
export interface Cancellation {
  readonly by: string;
  readonly why: string;
}

/** An attempt of a stage that no longer counts. */
interface Voided {
  readonly stage: string;
  readonly attempt: number;
}

/**
 * Brings the plan of a run in line with its ledger: records what follows by itself (a rework, a branch forgone, an
 * answer that came), puts the steps that are owed now, and takes back the runs that it started for what no longer
 * counts. Within a transaction that has appended to the run, so that of two stages that end at once the second sees
 * the first.
 */
export async function advanceRun(input: RunInput, needs: RunNeeds, tx: Tx): Promise<void> {
  const run = parseRunId(input.run);
  const voided: Voided[] = [];
  for (let turn = 0; turn < turnsAllowed; turn += 1) {
    const events = await needs.ledger.read(run, tx);
    const state = fold(events.map(({ body }) => body));
    const commands = next(input.line, state);
    const records = commands.flatMap((command) => recordsOf(command, state));
    if (records.length === 0) {
      await sayWhatWaits(input, state, events, { needs, tx });
      await needs.engine.plan(run, stepsOf(commands, input, needs.stations), tx);
      return await takeBack(voided, { input, state, why: `${run} goes on without it` }, needs, tx);
    }
    voided.push(...commands.flatMap(voidedBy));
    await needs.ledger.append(run, newEvents(records, needs.clock.now()), tx);
  }
  throw new JidokaError('invariant', `Run ${run} records one thing after another and gets nowhere.`, {
    mend: `Report this as a bug of jidoka, with \`jidoka show ${run} --json\`.`,
  });
}

/** More than a line's stages could ever record at once. */
const turnsAllowed = 1000;

/**
 * Stops a run and all runs that it started, in one transaction: whoever does a step of them is told. Returns whether
 * there was anything to stop.
 */
export async function cancelWithin(input: RunInput, order: Cancellation, needs: RunNeeds, tx: Tx): Promise<boolean> {
  const run = parseRunId(input.run);
  // Appending nothing takes the run's row, so that what is read next stays true until the end of the transaction.
  await needs.ledger.append(run, [], tx);
  const events = await needs.ledger.read(run, tx);
  const state = fold(events.map(({ body }) => body));
  if (events.length === 0 || state.cancelled || state.verdict !== null) return false;
  await needs.ledger.append(run, newEvents(cancellation(order), needs.clock.now(), order.by), tx);
  await advanceRun(input, needs, tx);
  const all = input.line.stages.flatMap(({ id }): Voided[] =>
    Array.from({ length: attemptOf(state, id) }, (_, at) => ({ stage: id, attempt: at + 1 })),
  );
  await takeBack(all, { input, state, by: order.by, why: `${order.why} (with ${run})` }, needs, tx);
  return true;
}

function cancellation({ by, why }: Cancellation): readonly Keyed[] {
  const summary = `${by} cancelled the run${why === '' ? '' : `: ${why}`}.`;
  const found = fact('person', 'broken', 'cancelled', summary, { gate: null, choice: 'cancel', by, note: why });
  return [
    ['run/cancelled', { type: 'run.cancelled', by, why }],
    ['run/cancelled/fact', { type: 'fact.found', stage: wholeRun, fact: found }],
  ];
}

interface TakenBack {
  readonly input: RunInput;
  readonly state: RunState;
  readonly by?: string;
  readonly why: string;
}

/** Cancels the runs that voided attempts started and that have not ended; also those that are not in the record yet. */
async function takeBack(
  voided: readonly Voided[],
  { input, state, by = 'factory', why }: TakenBack,
  needs: RunNeeds,
  tx: Tx,
): Promise<void> {
  for (const { stage: id, attempt } of voided) {
    const stage = input.line.stages.find((candidate) => candidate.id === id);
    if (stage?.does !== 'runs') continue;
    const children = childrenOf({ stage, attempt }, input, needs.sha256).filter(({ run }) => !state.children.has(run));
    for (const child of children) await cancelWithin(child, { by, why }, needs, tx);
  }
}

/** An open gate is something that waits for a person, until it is answered, expires, or its run goes on without it. */
async function sayWhatWaits(
  { run, line }: RunInput,
  state: RunState,
  events: readonly LedgerEvent[],
  { needs: { control }, tx }: { readonly needs: RunNeeds; readonly tx: Tx },
): Promise<void> {
  const isOver = state.cancelled || state.verdict !== null;
  const open = new Set([...state.waiting.values()].flatMap((wait) => (wait.kind === 'gate' && !isOver ? [wait.gate] : [])));
  for (const { body } of events) {
    if (body.type !== 'gate.opened') continue;
    if (open.has(body.gate)) await control.awaitReview({ id: body.gate, run, line: line.name, what: body.question }, tx);
    else await control.reviewed(body.gate, 'factory', tx);
  }
}

/** What a command that needs no worker comes to; nothing for the others. */
function recordsOf(command: Command, state: RunState): readonly Keyed[] {
  switch (command.kind) {
    case 'rework': {
      const { from, to, objection } = command.rework;
      const key = `rework/${state.reworks.length + 1}`;
      return [[key, { type: 'rework.ordered', from, to, objection, voids: command.voids }]];
    }
    case 'forgo': {
      const { stage, attempt, why } = command;
      return [[`${stage}/${attempt}/forgone`, { type: 'stage.forgone', stage, attempt, why }]];
    }
    case 'conclude':
      return concluded(command, state);
    default:
      return [];
  }
}

function voidedBy(command: Command): readonly Voided[] {
  if (command.kind === 'rework') return command.voids;
  return command.kind === 'forgo' ? [{ stage: command.stage, attempt: command.attempt }] : [];
}
