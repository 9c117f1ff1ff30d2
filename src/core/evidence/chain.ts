import type { RunId, Sha256 } from '../base/ids.ts';
import { canonicalJson } from '../base/json.ts';
import type { LedgerEvent, NewEvent } from './event.ts';

/** The text that an event's hash covers, beside its place in the chain. Stored verbatim by the ledger. */
export function canonicalEvent(run: RunId, event: NewEvent): string {
  const { key, at, actor, body } = event;
  return canonicalJson({ v: 1, run, key, at, actor, body });
}

/** The hash before the first event; bound to the run, so that a chain cannot be moved to another. */
export function genesis(run: RunId, sha256: Sha256): string {
  return sha256(`jidoka/v1 ledger\n${run}`);
}

/** The hash of the event at `runSeq` whose canonical text is `text`. */
export function chainHash(prev: string, runSeq: number, text: string, sha256: Sha256): string {
  return sha256(`${prev}\n${runSeq}\n${text}`);
}

export type ChainCheck =
  | { readonly kind: 'intact'; readonly head: string; readonly events: number }
  | { readonly kind: 'broken'; readonly runSeq: number; readonly message: string };

/**
 * Walks a run's events and names the first broken link.
 *
 * @example
 * verifyChain(run, events, sha256); // { kind: 'intact', head: '5f…', events: 24 }
 */
export function verifyChain(run: RunId, events: Iterable<LedgerEvent>, sha256: Sha256): ChainCheck {
  let head = genesis(run, sha256);
  let seq = 0;
  for (const event of events) {
    seq += 1;
    const broken = (message: string): ChainCheck => ({ kind: 'broken', runSeq: seq, message });
    if (event.run !== run) return broken(`event ${seq} belongs to run ${event.run}, not ${run}`);
    if (event.runSeq !== seq) return broken(`event ${seq} carries number ${event.runSeq}: one is missing or moved`);
    if (event.prev !== head) return broken(`event ${seq} (${event.body.type}) does not follow the one before it`);
    const hash = chainHash(head, seq, canonicalEvent(run, event), sha256);
    if (event.hash !== hash) return broken(`event ${seq} (${event.body.type}) was changed: its hash is ${hash}, not ${event.hash}`);
    head = hash;
  }
  return { kind: 'intact', head, events: seq };
}
