import type { RunId } from '../../core/base/ids.ts';
import type { EventBody, StageOutcome, StageOutput } from '../../core/evidence/event.ts';
import type { BlobRef, FailureClass } from '../../core/evidence/fact.ts';
import type { Stage } from '../../core/line/line.ts';
import type { RunState } from '../../core/line/next.ts';
import type { TaskPacket } from '../../core/packet/packet.ts';
import type { RunInput } from './run-input.ts';
import type { RunNeeds } from './needs.ts';

/** One command of one run, with all it may use. */
export interface Job {
  readonly run: RunId;
  readonly input: RunInput;
  readonly packet: TaskPacket;
  readonly state: RunState;
  readonly needs: RunNeeds;
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
  /** The surroundings failed; tried again while the class allows it. */
  | {
      readonly kind: 'failed';
      readonly class: FailureClass;
      readonly command: string;
      readonly message: string;
      readonly events: readonly EventBody[];
      readonly logs: readonly BlobRef[];
    };

/** Does a kind of stage. */
export type StageWorker = (stage: Stage, job: Job) => Promise<StageWork>;

/** The output of an earlier stage of this run, by the kind's own key, or null. */
export function outputOf(job: Job, key: string): StageOutput[string] {
  return job.state.stages.map((stage) => stage.output[key]).findLast((value) => value !== undefined) ?? null;
}

/** The blob an earlier stage left under a key, or null. */
export function blobOf(job: Job, key: string): BlobRef | null {
  const value = outputOf(job, key);
  return typeof value === 'object' ? value : null;
}
