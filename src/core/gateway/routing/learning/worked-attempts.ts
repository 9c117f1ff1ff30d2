import type { EventBody, LedgerEvent } from '../../../evidence/event.ts';
import type { Claim, Fact } from '../../../evidence/fact.ts';
import { find } from '../../../evidence/run-result.ts';
import { standingFacts } from '../../../evidence/standing.ts';
import { playedBy } from '../../../line/stations.ts';
import type { Lesson } from '../offsets.ts';
import { modelOfAttempt } from '../upgrade.ts';

/** What one model's attempt at the change of a run came to, as the ledger has it. */
export interface WorkedAttempt {
  /** The same for all runs of one seed. */
  readonly job: string;
  readonly run: string;
  readonly line: string;
  /** Where its repository is. */
  readonly repository: string;
  /** As the route of the run names it, or its station. */
  readonly model: string;
  /** ISO time of its claim. */
  readonly at: string;
  /** Whether validation let it pass; null where it never judged it. */
  readonly passed: boolean | null;
  /** Whether it is held for right: what validation said, unless a person said otherwise. */
  readonly right: boolean;
  readonly ended: Lesson['ended'];
  /** US dollars, or null where nobody tells. */
  readonly usd: number | null;
  readonly difficulty: number | null;
  readonly isOverride: boolean;
  readonly isExplored: boolean;
}

type Of<Type extends EventBody['type']> = Extract<EventBody, { type: Type }>;
type ChangeClaim = { readonly stage: string; readonly attempt: number; readonly at: string; readonly claim: Claim };

/**
 * The attempts of models at the change of a run, each with what became of it; none of a run of which nothing can be learned, as it
 * is under way, was cancelled or owed nothing.
 *
 * @example
 * workedAttempts(await ledger.read(run)).filter(({ right }) => right).map(({ model }) => model);
 */
export function workedAttempts(events: readonly LedgerEvent[]): readonly WorkedAttempt[] {
  const started = find(events, 'run.started');
  if (started === undefined) return [];
  const { seed, line } = started;
  const repository = seed.repository.location;
  const job = [line.name, repository, seed.key, seed.repository.baseCommit].join(' ');
  const run = events[0]?.run ?? '';
  return lastClaims(events).flatMap((one): WorkedAttempt[] => {
    const routed = find(ofStage(events, one.stage), 'route.decided')?.route ?? null;
    const model = (routed?.plan && modelOfAttempt(routed.plan, one.attempt)) ?? one.claim.usage?.model ?? null;
    const end = endOf(one, events);
    if (model === null || end === null) return [];
    const told = { isOverride: routed?.because === 'override', isExplored: routed?.because === 'explored' };
    const { at, claim } = one;
    const usd = claim.usage?.costUsd ?? null;
    return [{ job, run, line: line.name, repository, model, at, usd, difficulty: routed?.difficulty ?? null, ...told, ...end }];
  });
}

function ofStage(events: readonly LedgerEvent[], stage: string): readonly LedgerEvent[] {
  return events.filter(({ body }) => 'stage' in body && body.stage === stage);
}

/** The last claim of each attempt at a change: those before it were of stations that could not go on. */
function lastClaims(events: readonly LedgerEvent[]): readonly ChangeClaim[] {
  const claims = events.flatMap(({ at, body }): ChangeClaim[] => {
    if (body.type !== 'claim.made' || (body.form ?? 'change') !== 'change') return [];
    const { stage, attempt = 1, claim } = body;
    return claim.station === 'mechanic' || playedBy(claim.station) !== null ? [] : [{ stage, attempt, at, claim }];
  });
  return [...new Map(claims.map((one) => [`${one.stage}/${one.attempt}`, one])).values()];
}

type End = Pick<WorkedAttempt, 'passed' | 'right' | 'ended'>;

function endOf({ stage, attempt, claim }: ChangeClaim, events: readonly LedgerEvent[]): End | null {
  if (claim.says === 'failed') return { passed: null, right: false, ended: claim.failure === 'quota' ? 'budget' : 'provider' };
  if (claim.says !== 'changed') return null;
  const refused = events.some(({ body }) => body.type === 'rework.ordered' && isVoided(body, stage, attempt));
  if (refused) return { passed: false, right: false, ended: 'verdict' };
  return endOfRun(find(events, 'verdict.decided'), standingFacts(events));
}

function isVoided({ voids }: Of<'rework.ordered'>, stage: string, attempt: number): boolean {
  return voids.some((voided) => voided.stage === stage && voided.attempt === attempt);
}

/** What the verdict of the run says of the attempt that it ended with. */
function endOfRun(decided: Of<'verdict.decided'> | undefined, facts: readonly Fact[]): End | null {
  if (decided?.verdict === 'PR_READY') return { passed: true, right: true, ended: 'verdict' };
  if (decided?.verdict !== 'ESCALATE') return null;
  if (decided.reason.code.includes('flaky')) return { passed: null, right: false, ended: 'flaky' };
  const broken = facts.find(({ outcome, code }) => outcome === 'broken' && code === decided.reason.code);
  if (broken === undefined || notOfTheChange.has(broken.check)) return null;
  if (broken.check !== 'person') return { passed: false, right: false, ended: 'verdict' };
  return broken.data.choice === 'reject' ? { passed: true, right: false, ended: 'verdict' } : null;
}

/** Checks that say nothing of what a model made. */
const notOfTheChange: ReadonlySet<Fact['check']> = new Set(['seed', 'environment', 'runs', 'engines', 'no-op']);
