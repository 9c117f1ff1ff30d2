import type { LedgerEvent } from '../../../evidence/event.ts';
import { find } from '../../../evidence/run-result.ts';
import { playedBy } from '../../../line/stations.ts';
import type { PlannedRoute } from '../plan-run.ts';
import { usdOf, validationOf, type NamedClaim, type NobodysClaim, type Validated } from './attempt-cost.ts';
import { bookedModel } from './booked-model.ts';
import { endOf, type ChangeClaim, type End } from './attempt-end.ts';

/** What one model's attempt at the change of a run came to, as the ledger has it. */
export interface WorkedAttempt extends End {
  /** The same for all runs of one seed. */
  readonly job: string;
  readonly run: string;
  readonly line: string;
  /** Where its repository is. */
  readonly repository: string;
  readonly stage: string;
  /** The how manieth at its stage, from 1. */
  readonly attempt: number;
  /** The one that did the work: by the route of the run, by what its gateway counted, or as its station names it. */
  readonly model: string;
  /** Whether no plan was chosen, and it alone answered. */
  readonly isSure: boolean;
  /** ISO time of its claim. */
  readonly at: string;
  /** US dollars, or null where nobody tells. */
  readonly usd: number | null;
  /** Null where nothing validated it. */
  readonly validation: Validated | null;
  readonly difficulty: number | null;
  readonly isOverride: boolean;
  readonly isExplored: boolean;
  /** Whether every attempt of its stage came to a verdict: only such a run tells what a plan comes to. */
  readonly isWhole: boolean;
  /** How its plan was chosen; null where none was, as its slot is filled by a model or a plan, or its station asked for models by name. */
  readonly route: PlannedRoute | null;
}

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
  const claims = lastClaims(events);
  const held = claims.map((one): NamedClaim | NobodysClaim => {
    const route = routeOf(one.stage, events);
    const booked = bookedModel(one, route, events);
    return booked === null ? { ...one, model: null, refused: route?.plan?.slice(0, one.attempt - 1) ?? [] } : { ...one, ...booked };
  });
  const ends = claims.map((one) => ({ one, end: endOf(one, events, { isLast: one === claims.at(-1) }) }));
  return held.flatMap((one): WorkedAttempt[] => {
    if (one.model === null) return [];
    const route = routeOf(one.stage, events);
    const end = ends.find((other) => other.one.index === one.index)?.end ?? null;
    if (end === null) return [];
    const isWhole = ends.every((other) => other.one.stage !== one.stage || other.end?.ended === 'verdict');
    const { stage, attempt, model, isSure, at } = one;
    const told = { isSure, isOverride: route?.because === 'override', isExplored: route?.because === 'explored', isWhole, route };
    const cost = { usd: usdOf(one, held, events), validation: validationOf(one, events) };
    return [
      { job, run, line: line.name, repository, stage, attempt, model, at, difficulty: route?.difficulty ?? null, ...cost, ...told, ...end },
    ];
  });
}

function routeOf(stage: string, events: readonly LedgerEvent[]): PlannedRoute | null {
  const ofStage = events.filter(({ body }) => 'stage' in body && body.stage === stage);
  return find(ofStage, 'route.decided')?.route ?? null;
}

/** The last claim of each attempt at a change: those before it were of stations that could not go on. */
function lastClaims(events: readonly LedgerEvent[]): readonly ChangeClaim[] {
  const claims = events.flatMap(({ at, body }, index): ChangeClaim[] => {
    if (body.type !== 'claim.made' || (body.form ?? 'change') !== 'change') return [];
    const { stage, attempt = 1, claim } = body;
    return claim.station === 'mechanic' || playedBy(claim.station) !== null ? [] : [{ stage, attempt, at, claim, index }];
  });
  return [...new Map(claims.map((one) => [`${one.stage}/${one.attempt}`, one])).values()];
}
