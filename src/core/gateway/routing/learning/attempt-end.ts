import type { EventBody, LedgerEvent } from '../../../evidence/event.ts';
import type { Claim, Fact } from '../../../evidence/fact.ts';
import { find } from '../../../evidence/run-result.ts';
import { standingFacts } from '../../../evidence/standing.ts';
import type { Lesson } from '../offsets.ts';

/** The claim that an attempt at a change ended with. */
export interface ChangeClaim {
  readonly stage: string;
  readonly attempt: number;
  readonly at: string;
  readonly claim: Claim;
  /** Where it stands among the events of its run. */
  readonly index: number;
}

/** What an attempt came to. */
export interface End {
  /** Whether validation let it pass; null where it never judged it. */
  readonly passed: boolean | null;
  /** Whether it is held for right: what validation said, unless a person said otherwise. */
  readonly right: boolean;
  /** What a person said of it, at a gate or afterwards; null where nobody did. */
  readonly judged: boolean | null;
  readonly ended: Lesson['ended'];
}

type Of<Type extends EventBody['type']> = Extract<EventBody, { type: Type }>;

/** What became of an attempt; null where nothing can be learned of it. What a person said last of a run is of its last attempt. */
export function endOf(one: ChangeClaim, events: readonly LedgerEvent[], { isLast }: { readonly isLast: boolean }): End | null {
  const { claim } = one;
  if (claim.says === 'failed')
    return { passed: null, right: false, judged: null, ended: claim.failure === 'quota' ? 'budget' : 'provider' };
  if (claim.says !== 'changed') return null;
  const end = sentBack(one, events) ?? endOfRun(one, events);
  const judged = isLast ? find(events, 'outcome.judged') : undefined;
  return judged === undefined ? end : { passed: end?.passed ?? null, right: judged.right, judged: judged.right, ended: 'verdict' };
}

/** Where among the events an attempt was sent back; -1 where it was not. */
export function sentBackAt({ stage, attempt }: Pick<ChangeClaim, 'stage' | 'attempt'>, events: readonly LedgerEvent[]): number {
  return events.findIndex(
    ({ body }) => body.type === 'rework.ordered' && body.voids.some((voided) => voided.stage === stage && voided.attempt === attempt),
  );
}

/** By validation, or by a person at a gate: what he does not take is wrong, though validation may have let it pass. */
function sentBack(one: ChangeClaim, events: readonly LedgerEvent[]): End | null {
  const at = sentBackAt(one, events);
  const body = events[at]?.body;
  if (body?.type !== 'rework.ordered') return null;
  const before = events.slice(one.index, at);
  const answer = bodiesOf(before, 'gate.answered').findLast(({ stage }) => stage === body.from);
  if (answer === undefined) return { passed: false, right: false, judged: null, ended: 'verdict' };
  return answer.choice === 'reject' ? rejected(one, before) : null;
}

function rejected(one: ChangeClaim, since: readonly LedgerEvent[]): End {
  return { passed: wasValidated(one, since) ? true : null, right: false, judged: false, ended: 'verdict' };
}

/** Whether anybody but the station and people looked at it. */
function wasValidated({ stage }: ChangeClaim, since: readonly LedgerEvent[]): boolean {
  return bodiesOf(since, 'fact.found').some(
    (body) => body.stage !== stage && body.fact.check !== 'person' && !notOfTheChange.has(body.fact.check),
  );
}

/** What the verdict of the run says of the attempt that it ended with. */
function endOfRun(one: ChangeClaim, events: readonly LedgerEvent[]): End | null {
  const decided = find(events, 'verdict.decided');
  if (decided?.verdict === 'PR_READY') return { passed: true, right: true, judged: isApproved(events) ? true : null, ended: 'verdict' };
  if (decided?.verdict !== 'ESCALATE') return null;
  if (decided.reason.code.includes('flaky')) return { passed: null, right: false, judged: null, ended: 'flaky' };
  const broken = standingFacts(events).find(({ outcome, code }) => outcome === 'broken' && code === decided.reason.code);
  if (broken === undefined || notOfTheChange.has(broken.check)) return null;
  if (broken.check !== 'person') return { passed: false, right: false, judged: null, ended: 'verdict' };
  return broken.data.choice === 'reject' ? rejected(one, events.slice(one.index)) : null;
}

/** Whether a person approved all that there was: an approval that other stages follow is of something less. */
function isApproved(events: readonly LedgerEvent[]): boolean {
  const last = find(events, 'stage.completed');
  const answers = bodiesOf(events, 'gate.answered');
  return answers.some(({ stage, attempt, choice }) => stage === last?.stage && attempt === last.attempt && choice === 'approve');
}

function bodiesOf<Type extends EventBody['type']>(events: readonly LedgerEvent[], type: Type): readonly Of<Type>[] {
  return events.map(({ body }) => body).filter((body): body is Of<Type> => body.type === type);
}

/** Checks that say nothing of what a model made. */
const notOfTheChange: ReadonlySet<Fact['check']> = new Set(['seed', 'environment', 'runs', 'engines', 'no-op']);
