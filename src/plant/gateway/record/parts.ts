import { topLevel } from '../body/top-level.ts';
import type { PartIds } from './part-ids.ts';

/** A part of a request, by the digest of its bytes as they came. */
export interface Part {
  readonly id: string;
  readonly bytes: Buffer;
}

/** A request on its way into a record. */
export interface RequestToKeep {
  readonly body: Buffer;
  /** Names the session that sent it, where one is known. */
  readonly session: string;
  /** Where elements of its lists begin; left out where nobody looked. */
  readonly elements: readonly number[] | undefined;
}

/** Shorter than this nothing stands for itself. */
const leastBytes = 200;

/**
 * Cuts a request before each element of its lists: each message, each tool is a part. Put together again they are the request, and the
 * next request of a session has all of them but the last.
 */
export function partsOf({ body, session, elements }: RequestToKeep, ids: PartIds): readonly Part[] {
  const cuts = [0];
  for (const start of elements ?? elementsOf(body)) if (start - (cuts.at(-1) ?? 0) >= leastBytes) cuts.push(start);
  return ids.idsOf(session, body, cuts).map((id, at) => ({ id, bytes: body.subarray(cuts[at], cuts[at + 1] ?? body.length) }));
}

function elementsOf(body: Buffer): readonly number[] {
  const found = topLevel(body);
  return found.kind === 'wrong' ? [] : found.elements;
}
