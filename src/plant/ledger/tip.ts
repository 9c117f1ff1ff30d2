import type { RunId, Sha256 } from '../../core/base/ids.ts';
import { canonicalEvent, chainHash, genesis } from '../../core/evidence/chain.ts';
import type { LedgerEvent, NewEvent } from '../../core/evidence/event.ts';

/** Where a run's chain goes on. */
export interface Tip {
  readonly head: string;
  readonly events: number;
}

/** An event as it will be stored: its place in the chain and the text its hash covers. */
export interface Link {
  readonly event: LedgerEvent;
  readonly text: string;
}

/** The tip of a run that has no events. */
export function firstTip(run: RunId, sha256: Sha256): Tip {
  return { head: genesis(run, sha256), events: 0 };
}

/** Chains events to a tip, in the order given. */
export function linkTo(tip: Tip, run: RunId, events: readonly NewEvent[], sha256: Sha256): readonly Link[] {
  let { head, events: runSeq } = tip;
  return events.map((event) => {
    const text = canonicalEvent(run, event);
    const prev = head;
    runSeq += 1;
    head = chainHash(prev, runSeq, text, sha256);
    return { text, event: storedEvent({ text, run_seq: runSeq, prev, hash: head }) };
  });
}

/** The tip after links were added; the old one where there are none. */
export function tipAfter(tip: Tip, links: readonly Link[]): Tip {
  const last = links.at(-1)?.event;
  return last === undefined ? tip : { head: last.hash, events: last.runSeq };
}

/** A row of the event table, as far as the event is made of it. */
export interface StoredRow {
  readonly text: string;
  readonly run_seq: number;
  readonly prev: string;
  readonly hash: string;
}

/** Reads an event back from what was stored; what a reader does not trust is for `verifyChain` to say. */
export function storedEvent({ text, run_seq, prev, hash }: StoredRow): LedgerEvent {
  const event = JSON.parse(text) as Omit<LedgerEvent, 'runSeq' | 'prev' | 'hash'>; // written by canonicalEvent alone
  return { ...event, runSeq: run_seq, prev, hash };
}
