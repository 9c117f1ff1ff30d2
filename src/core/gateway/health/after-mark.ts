import { assertNever } from '../../base/assert-never.ts';
import type { Mark } from '../failover/next-try.ts';
import { failed, rested, type Circuit } from './circuit.ts';

/** Whoever wants rest and does not say how long. */
const usualRestMs = 5_000;
/** A key that was refused may have been changed by then; until it is, one request in so long a time finds out. */
const cutMs = 5 * 60_000;

/**
 * The circuit of an upstream after what `nextTry` took down of it. What is taken down of a provider that cut us off goes for all of
 * its upstreams: the caller applies it to each.
 */
export function afterMark(circuit: Circuit, { kind, restMs }: Pick<Mark, 'kind' | 'restMs'>, now: number): Circuit {
  switch (kind) {
    case 'failed':
      return failed(circuit, now);
    case 'rests':
      return rested(circuit, now + (restMs ?? usualRestMs));
    case 'provider-cut':
    case 'model-cut':
      return rested(circuit, now + cutMs);
    default:
      return assertNever(kind);
  }
}
