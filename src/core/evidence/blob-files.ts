import type { EventBody, LedgerEvent } from './event.ts';
import type { BlobRef } from './fact.ts';

interface EvidenceFile {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly label: string;
}

/** The place of a blob inside a bundle. */
export function blobPath(blob: BlobRef): string {
  const extension = blob.mediaType === 'application/json' ? 'json' : blob.mediaType === 'text/x-patch' ? 'patch' : 'txt';
  return `logs/${blob.sha256}.${extension}`;
}

/** Every file that the events of a run name, by its place in the bundle. */
export function filesPart(events: readonly LedgerEvent[]): EvidenceFile[] {
  const blobs = events.flatMap((event) => blobsOf(event.body));
  const byPath = new Map(blobs.map((blob) => [blobPath(blob), blob]));
  return [...byPath]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([path, { sha256, bytes, label }]) => ({ path, sha256, bytes, label }));
}

/** Every blob an event names. */
function blobsOf(body: EventBody): readonly BlobRef[] {
  switch (body.type) {
    case 'observed':
      return body.logs;
    case 'claim.made':
      return body.claim.logs;
    case 'change.harvested':
      return body.files.length === 0 ? [] : [body.patch];
    case 'fact.found':
      return body.fact.logs;
    case 'stage.completed':
      return Object.values(body.output).filter((value): value is BlobRef => typeof value === 'object' && value !== null);
    default:
      return [];
  }
}
