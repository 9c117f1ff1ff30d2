import type { SessionNote } from '../../gateway/prefix/session-note.ts';
import type { RescueSign } from '../../gateway/routing/difficulty.ts';
import type { KeptCall } from './call-ledger.ts';

/** What was said in a run, call by call, as its gateway took it down: without secrets, and with nothing made up. */
export interface TracedCall {
  readonly call: Pick<
    KeptCall,
    'id' | 'at' | 'caller' | 'alias' | 'by' | 'protocol' | 'ended' | 'usage' | 'estimated' | 'cost' | 'saved' | 'ms'
  >;
  /** Its session in the gateway; null where nobody was asked. */
  readonly session: SessionNote | null;
  /** Of its stage and station, from 1: an agent may hold several at once, and another attempt begins another. */
  readonly conversation: number;
  /** Instructions of the system; null where they are those of the call before it. */
  readonly system: string | null;
  /** What came in since the call before it in this conversation. */
  readonly heard: readonly TracedPart[];
  /** What the model answered. */
  readonly said: readonly TracedPart[];
  /** Why it could not be understood, or what the answer was instead of one; null otherwise. */
  readonly trouble: string | null;
  /** Signs that its agent was stuck which the call before it did not show. Nothing was changed for them. */
  readonly stuck: readonly TracedSign[];
}

export interface TracedSign {
  readonly sign: RescueSign;
  /** The model of the slot that would have gone on; null where there is no other. */
  readonly wouldTake: string | null;
}

export interface TracedPart {
  readonly by: 'system' | 'user' | 'assistant' | 'tool';
  readonly kind: 'text' | 'thought' | 'call' | 'result' | 'media';
  /** The tool, or what kind of media it is. */
  readonly name: string | null;
  readonly text: string;
}
