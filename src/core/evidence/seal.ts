import type { RunId, Sha256 } from '../base/ids.ts';
import type { LedgerEvent } from './event.ts';
import { bundle, type EvidenceBundle } from './bundle.ts';
import { renderReport } from './report.ts';

/** The three documents of a bundle that are derived from the ledger alone. */
export interface Derived {
  readonly bundle: EvidenceBundle;
  readonly bundleText: string;
  readonly reportText: string;
}

/** Derives bundle and report of a decided run; the same events give the same bytes. */
export function derive(run: RunId, events: readonly LedgerEvent[]): Derived {
  const derived = bundle(run, events);
  return { bundle: derived, bundleText: `${JSON.stringify(derived, null, 2)}\n`, reportText: renderReport(derived) };
}

/** What the sealing event says: digests of both documents and the head they were derived at. */
export function sealOf(
  derived: Derived,
  sha256: Sha256,
): { readonly bundle: string; readonly report: string; readonly ledgerHead: string } {
  return { bundle: sha256(derived.bundleText), report: sha256(derived.reportText), ledgerHead: derived.bundle.ledger.head };
}

/** Names of a bundle's own files, beside `logs/`. */
export const bundleFiles = { bundle: 'bundle.json', report: 'REPORT.md', ledger: 'ledger.jsonl', seal: 'seal.json' } as const;

/** Writes events one per line, as `ledger.jsonl` holds them. */
export function ledgerText(events: readonly LedgerEvent[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}
