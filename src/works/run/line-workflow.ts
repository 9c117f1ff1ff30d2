import type { Json } from '../../core/base/json.ts';
import { parseRunId } from '../../core/base/ids.ts';
import { assertNever } from '../../core/base/assert-never.ts';
import type { EventBody } from '../../core/evidence/event.ts';
import { advance, initialState, next, type Command, type RunState } from '../../core/line/next.ts';
import { makePacket } from '../../core/packet/make-packet.ts';
import type { Workflow } from '../../core/ports/engine.ts';
import { deliverRun } from './deliver-run.ts';
import { decideRun } from './decide-run.ts';
import type { RunNeeds } from './needs.ts';
import { openRun } from './open-run.ts';
import { performStage } from './perform-stage.ts';
import { RunInput } from './run-input.ts';
import { sealRun } from './seal-run.ts';
import type { Job } from './job.ts';

/** Makes the one workflow of the factory: a line, stage after stage, each a durable step. */
export function lineWorkflow(needs: RunNeeds): Workflow<Json, Json> {
  return async (context, input) => {
    const parsed = RunInput.parse(input);
    await context.step('open', (signal) => openRun(jobOf(parsed, needs, initialState, signal)));
    let state = initialState;
    for (let command = next(parsed.line, state); command.kind !== 'end'; command = next(parsed.line, state)) {
      const current = command;
      const before = state;
      const event = await context.step(stepName(current), async (signal) => perform(current, jobOf(parsed, needs, before, signal)));
      state = advance(state, event);
    }
    return { run: parsed.run };
  };
}

function jobOf(input: RunInput, needs: RunNeeds, state: RunState, signal: AbortSignal): Job {
  const run = parseRunId(input.run);
  return {
    run,
    input,
    state,
    signal,
    needs,
    packet: makePacket(input.line, input.seed, input.delivery),
    note: (message) => needs.progress({ kind: 'note', run, message }),
  };
}

function stepName(command: Command): string {
  return command.kind === 'stage' ? `stage/${command.stage.id}/${command.attempt}` : command.kind;
}

/** Does one command and returns the event that says it is done. Doing it twice finds the event and changes nothing. */
function perform(command: Exclude<Command, { kind: 'end' }>, job: Job): Promise<EventBody & Json> {
  switch (command.kind) {
    case 'stage':
      return performStage(command.stage, command.attempt, job);
    case 'decide':
      return decideRun(job);
    case 'seal':
      return sealRun(job);
    case 'deliver':
      return deliverRun(job);
    default:
      return assertNever(command);
  }
}
