import type { CostSum } from '../../gateway/money/cost.ts';
import type { MicroUsd } from '../../gateway/money/micro-usd.ts';
import type { Usage } from '../../gateway/money/usage.ts';
import type { RecordedCall } from './call-recorder.ts';

/** A call as it is kept: its bodies are blobs, by the sha256 of their content without secrets. */
export interface KeptCall extends Omit<RecordedCall, 'request' | 'answer'> {
  /** Blobs that are the body as it came, one after the other; each is a message or a tool in a line of its own. */
  readonly request: readonly string[];
  readonly answer: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    /** The blob of what went to the caller; null where nothing did. */
    readonly body: string | null;
    /** Of each piece milliseconds since the call came, and bytes; before secrets were taken out. */
    readonly pieces: readonly (readonly [ms: number, bytes: number])[];
    /** Bytes of the answer that were too many to keep. */
    readonly bytesDropped: number;
  };
  /** Calls before this one that there was no room to keep. */
  readonly dropped: number;
}

export interface CallFilter {
  readonly run?: string;
  readonly stage?: string;
  readonly station?: string;
  /** ISO 8601; calls that came at this time or later. */
  readonly since?: string;
  /** ISO 8601; calls that came before this time. */
  readonly until?: string;
  /** Calls whose answer has this status. */
  readonly status?: number;
}

/** What sums are made by; days are those of UTC. */
export const spendBy = ['line', 'fleet', 'run', 'stage', 'station', 'slot', 'model', 'provider', 'day'] as const;
export type SpendBy = (typeof spendBy)[number];

/** What calls came to that models were at work for. */
export interface Spend {
  /** What they have in common: a name, or null where they have none. */
  readonly of: Readonly<Partial<Record<SpendBy, string | null>>>;
  readonly calls: number;
  readonly usage: Usage;
  readonly cost: CostSum;
  /** What caches of providers saved on calls of known price, in millionths of a US dollar. */
  readonly saved: MicroUsd;
  /** Calls whose tokens are a guess. */
  readonly estimatedCalls: number;
}

/** The record of calls of models, as gateways took them down; those that are open for a second or longer are in it too. */
export interface CallLedger {
  /** Calls in the order in which they came, at most `limit`. */
  calls(filter: CallFilter & { readonly limit: number }): Promise<readonly KeptCall[]>;
  /**
   * What was said in a call, without secrets; null for an id that is unknown. Throws `evidence-invalid` where a part of it is gone or was
   * changed.
   */
  said(id: string): Promise<{ readonly request: string; readonly answer: string } | null>;
  /** Sums of calls by what is named, the dearest first; without a name, one sum or none. */
  spend(by: readonly SpendBy[], filter?: CallFilter): Promise<readonly Spend[]>;
}
