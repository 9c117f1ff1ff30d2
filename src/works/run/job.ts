import type { RunId } from '../../core/base/ids.ts';
import type { EventBody, StageOutcome, StageOutput } from '../../core/evidence/event.ts';
import type { BlobRef, FailureClass } from '../../core/evidence/fact.ts';
import type { Stage } from '../../core/line/line.ts';
import type { RunState } from '../../core/line/state.ts';
import type { TaskPacket } from '../../core/packet/packet.ts';
import type { HeldStep } from '../../core/ports/engine.ts';
import type { RunInput } from './run-input.ts';
import type { RunNeeds } from './needs.ts';

/** One command of one run, with all it may use. */
export interface Job {
  readonly run: RunId;
  readonly input: RunInput;
  readonly packet: TaskPacket;
  readonly state: RunState;
  readonly needs: RunNeeds;
  /** What this process holds; the record takes nothing from a process that holds it no more. */
  readonly step: HeldStep;
  readonly signal: AbortSignal;
  readonly note: (message: string) => void;
}

/** What a stage's work comes to. */
export type StageWork =
  | {
      readonly kind: 'ended';
      readonly outcome: Exclude<StageOutcome, 'failed'>;
      readonly summary: string;
      readonly events: readonly EventBody[];
      readonly output: StageOutput;
    }
  /** It goes on when somebody answers or other runs end; these events say what it waits for. */
  | { readonly kind: 'waits'; readonly summary: string; readonly events: readonly EventBody[] }
  /** The surroundings failed; tried again while the class allows it. */
  | {
      readonly kind: 'failed';
      readonly class: FailureClass;
      readonly command: string;
      readonly message: string;
      readonly events: readonly EventBody[];
      readonly logs: readonly BlobRef[];
    };

/** Does a kind of stage, in the attempt that the job's state is at. */
export type StageWorker = (stage: Stage, job: Job) => Promise<StageWork>;

/** The output of an earlier stage of this run, by the kind's own key, or null; the last stage of the line that has it counts. */
export function outputOf(job: Job, key: string): StageOutput[string] {
  const inOrder = job.input.line.stages.flatMap(({ id }) => job.state.results.get(id) ?? []);
  return inOrder.map((result) => result.output[key]).findLast((value) => value !== undefined) ?? null;
}

/** The blob an earlier stage left under a key, or null. */
export function blobOf(job: Job, key: string): BlobRef | null {
  const value = outputOf(job, key);
  return typeof value === 'object' ? value : null;
}
