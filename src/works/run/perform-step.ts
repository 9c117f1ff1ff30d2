import { parseRunId } from '../../core/base/ids.ts';
import { makePacket } from '../../core/packet/make-packet.ts';
import { next, type Command } from '../../core/line/next.ts';
import { fold } from '../../core/line/state.ts';
import type { HeldStep } from '../../core/ports/engine.ts';
import { decideRun } from './closing/decide-run.ts';
import { deliverRun } from './closing/deliver-run.ts';
import { expireGate } from './expire-gate.ts';
import type { Job } from './job.ts';
import type { RunNeeds } from './needs.ts';
import { performStage } from './perform-stage.ts';
import { RunInput } from './run-input.ts';
import { sealRun } from './closing/seal-run.ts';
import { settle } from './record/settle.ts';
import { stepId } from './record/steps-of.ts';

/**
 * Does one step of a run: what the ledger says is owed under that name. A step that is owed no more (its end was
 * recorded, its branch forgone) only brings the plan in line.
 */
export async function performRunStep(step: HeldStep, signal: AbortSignal, needs: RunNeeds): Promise<void> {
  const input = RunInput.parse(step.input);
  const run = parseRunId(input.run);
  const events = await needs.ledger.read(run);
  const state = fold(events.map(({ body }) => body));
  const command = next(input.line, state).find((candidate) => stepId(candidate) === step.id);
  const packet = makePacket(input.line, input.seed, input.delivery);
  const note = (message: string): void => needs.progress({ kind: 'note', run, message });
  const job: Job = { run, input, packet, state, needs, step, signal, note };
  await (command === undefined ? settle(job, []) : perform(command, job));
}

function perform(command: Command, job: Job): Promise<void> {
  switch (command.kind) {
    case 'stage':
      return performStage(command.stage, job);
    case 'wait':
      return expireGate(command, job);
    case 'decide':
      return decideRun(job);
    case 'seal':
      return sealRun(job);
    case 'deliver':
      return deliverRun(job);
    default:
      return settle(job, []);
  }
}
