import { JidokaError } from '../../../core/base/error.ts';
import { parseRunId } from '../../../core/base/ids.ts';
import type { LedgerEvent } from '../../../core/evidence/event.ts';
import { next, type Command } from '../../../core/line/next.ts';
import { fold, type RunState } from '../../../core/line/state.ts';
import type { Tx } from '../../../core/ports/tx.ts';
import { newEvents, type Keyed } from './append.ts';
import { concluded } from './conclude.ts';
import type { RunInput } from '../run-input.ts';
import type { RunNeeds } from '../needs.ts';
import { stepsOf } from './steps-of.ts';

/**
 * Brings the plan of a run in line with its ledger: records what follows by itself (a rework, a branch forgone, an
 * answer that came), and puts the steps that are owed now. Within a transaction that has appended to the run, so that
 * of two stages that end at once the second sees the first.
 */
export async function advanceRun(input: RunInput, needs: RunNeeds, tx: Tx): Promise<void> {
  const run = parseRunId(input.run);
  for (let turn = 0; turn < turnsAllowed; turn += 1) {
    const events = await needs.ledger.read(run, tx);
    const state = fold(events.map(({ body }) => body));
    const commands = next(input.line, state);
    const records = commands.flatMap((command) => recordsOf(command, state));
    if (records.length === 0) {
      await sayWhatWaits(input, state, events, { needs, tx });
      return await needs.engine.plan(run, stepsOf(commands, input, needs.stations), tx);
    }
    await needs.ledger.append(run, newEvents(records, needs.clock.now()), tx);
  }
  throw new JidokaError('invariant', `Run ${run} records one thing after another and gets nowhere.`, {
    mend: `Report this as a bug of jidoka, with \`jidoka show ${run} --json\`.`,
  });
}

/** More than a line's stages could ever record at once. */
const turnsAllowed = 1000;

/** An open gate is something that waits for a person, until it is answered, expires, or its run goes on without it. */
async function sayWhatWaits(
  { run, line }: RunInput,
  state: RunState,
  events: readonly LedgerEvent[],
  { needs: { control }, tx }: { readonly needs: RunNeeds; readonly tx: Tx },
): Promise<void> {
  const open = new Set([...state.waiting.values()].flatMap((wait) => (wait.kind === 'gate' && state.verdict === null ? [wait.gate] : [])));
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
