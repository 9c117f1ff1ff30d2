import type { RunId } from '../../core/base/ids.ts';
import { JidokaError } from '../../core/base/error.ts';
import type { LedgerEvent } from '../../core/evidence/event.ts';
import { bundleFiles, derive, ledgerText } from '../../core/evidence/seal.ts';
import type { Blobs } from '../../core/ports/blobs.ts';

/** Collects the files of a sealed run's bundle, by their place in it. Throws `invariant` for a run that is not sealed. */
export async function evidenceFiles(run: RunId, events: readonly LedgerEvent[], blobs: Blobs): Promise<ReadonlyMap<string, Uint8Array>> {
  const sealIndex = events.findIndex((event) => event.body.type === 'evidence.sealed');
  const seal = events[sealIndex];
  if (seal === undefined)
    throw new JidokaError('invariant', `Run ${run} has no sealed evidence yet.`, { mend: `Let it go on: jidoka resume ${run}` });
  const told = events.slice(0, sealIndex);
  const { bundle, bundleText, reportText } = derive(run, told);
  const encoder = new TextEncoder();
  const logs = await Promise.all(bundle.files.map(async ({ path, sha256 }) => [path, await blobs.bytes(sha256)] as const));
  return new Map([
    [bundleFiles.bundle, encoder.encode(bundleText)],
    [bundleFiles.report, encoder.encode(reportText)],
    [bundleFiles.ledger, encoder.encode(ledgerText(told))],
    [bundleFiles.seal, encoder.encode(`${JSON.stringify(seal, null, 2)}\n`)],
    ...logs,
  ]);
}
