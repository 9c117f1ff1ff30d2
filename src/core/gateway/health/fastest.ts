import type { Circuit } from './circuit.ts';

/**
 * The one whose first content comes soonest, for a simple turn: of those whose circuit is closed, by what was seen of them.
 * One that was never seen comes after those that were; null where none is closed.
 *
 * @example
 * fastest([{ at: 'a/x', circuit }, { at: 'b/x', circuit: healthy }])?.at; // 'a/x'
 */
export function fastest<One extends { readonly circuit: Circuit }>(upstreams: readonly One[]): One | null {
  const unseen = Number.POSITIVE_INFINITY;
  const [first = null] = upstreams
    .filter(({ circuit }) => circuit.phase === 'closed')
    .toSorted((left, right) => compare(left.circuit.firstContentMs ?? unseen, right.circuit.firstContentMs ?? unseen));
  return first;
}

function compare(left: number, right: number): number {
  return left === right ? 0 : left < right ? -1 : 1;
}
