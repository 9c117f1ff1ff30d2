import { hash } from 'node:crypto';
import { topLevel } from '../body/top-level.ts';

/** A part of a request, by the digest of its bytes as they came. */
export interface Part {
  readonly id: string;
  readonly bytes: Buffer;
}

/** Shorter than this nothing stands for itself. */
const leastBytes = 200;

/**
 * Cuts a request before each element of its lists: each message, each tool is a part. Put together again they are the request, and the
 * next request of a session has all of them but the last.
 */
export function partsOf(body: Buffer): readonly Part[] {
  const found = topLevel(body);
  const cuts = [0];
  for (const start of found.kind === 'wrong' ? [] : found.elements) if (start - (cuts.at(-1) ?? 0) >= leastBytes) cuts.push(start);
  return cuts.map((cut, at) => {
    const bytes = body.subarray(cut, cuts[at + 1] ?? body.length);
    return { id: hash('sha256', bytes).slice(0, 32), bytes };
  });
}
