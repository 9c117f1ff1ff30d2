import { hash } from 'node:crypto';
import { PartIds } from './part-ids.ts';
import { type Part, partsOf, type RequestToKeep } from './parts.ts';

/** A part of a request as it is kept. */
export interface ShelvedPart {
  /** Of its text without secrets. */
  readonly sha256: string;
  /** Null where it was given before. */
  readonly text: string | null;
}

/** Gives the parts of requests, the text of each once. */
export interface PartShelf {
  partsOf(request: RequestToKeep): readonly ShelvedPart[];
}

/** So many parts are remembered; one that comes again after that is given again. */
const mostParts = 100_000;

/** Agents send all that was said again with every call: each part of it is looked through for secrets, and given, once. */
export function partShelf(redact: (text: string) => string): PartShelf {
  const given = new Map<string, string>();
  const shelved = ({ id, bytes }: Part): ShelvedPart => {
    const before = given.get(id);
    if (before !== undefined) return { sha256: before, text: null };
    if (given.size >= mostParts) given.clear();
    const text = redact(bytes.toString('utf8'));
    const sha256 = sha256Of(text);
    given.set(id, sha256);
    return { sha256, text };
  };
  const ids = new PartIds();
  return { partsOf: (request) => partsOf(request, ids).map(shelved) };
}

export function sha256Of(text: string): string {
  return hash('sha256', text);
}
