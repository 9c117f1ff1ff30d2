import type { Claim } from '../../core/evidence/fact.ts';
import type { Refusal } from './bench.ts';

/** What the mechanic says of a job; its steps are added by the station. */
export type Outcome = Pick<Claim, 'says' | 'code' | 'summary' | 'failure'>;

export function changed(code: string, summary: string): Outcome {
  return { says: 'changed', code, summary };
}

export function noOp(code: string, summary: string): Outcome {
  return { says: 'no-op', code, summary };
}

export function escalate(code: string, summary: string): Outcome {
  return { says: 'escalate', code, summary };
}

/** Surroundings that failed are tried again or reported as such; npm's refusals are for a person. */
export function refused(what: string, refusal: Refusal): Outcome {
  const summary = `${what}: ${refusal.message}`;
  if (refusal.kind === 'refused') return escalate(refusal.code, summary);
  return { says: 'failed', code: refusal.class, summary, failure: refusal.class };
}
