import { z } from 'zod';
import { inWords, units, type Unit } from './amount.ts';
import { microUsd } from '../money/micro-usd.ts';
import type { Caps } from './account.ts';

const limit = <Count extends z.ZodType<number>>(count: Count) => z.union([count, z.strictObject({ soft: count.optional(), hard: count })]);
const Usd = z.number().min(0).max(1e9);
const Count = z.int().min(0);

/** What the calls of somebody may come to, all together. */
export const BudgetRule = z.strictObject({
  /** Whom it limits: all together for `organisation`; each line, fleet, run or station for itself otherwise. */
  of: z.enum(['organisation', 'line', 'fleet', 'run', 'station']),
  /** Only the line, fleet or station of this name. */
  name: z.string().min(1).max(200).optional(),
  /** Begins anew each minute, day or month, by UTC; without it, it is for good. Whoever meets a limit of a minute is told when to come back. */
  per: z.enum(['minute', 'day', 'month']).optional(),
  /** US dollars: one number is the hard limit, beyond `soft` a cheaper plan is taken. */
  usd: limit(Usd).optional(),
  tokens: limit(Count).optional(),
  calls: limit(Count).optional(),
});
export type BudgetRule = z.infer<typeof BudgetRule>;

/** Who makes a call, as its key says. */
export interface Caller {
  readonly line: string;
  /** Many runs that were started as one, or null. */
  readonly fleet: string | null;
  readonly run: string;
  /** The stage whose station calls; null where no stage does. It has no budget of its own: the record needs it. */
  readonly stage: string | null;
  readonly station: string;
}

/** An account that a call counts against. */
export interface BudgetOf {
  /** The same for all calls that share the account, and for no others. */
  readonly key: string;
  /** In words. */
  readonly of: string;
  readonly caps: Caps;
}

/** The accounts that a call counts against, from the widest to the narrowest, at a time in milliseconds since 1970. */
export type BudgetsFor = (caller: Caller, now: number) => readonly BudgetOf[];

/**
 * Reads rules: what they say is put together once, and what they come to for a caller once in a minute, which no period is shorter than.
 *
 * @example
 * budgetReader([{ of: 'line', per: 'day', usd: 200 }])(caller, Date.parse('2026-11-30T12:00:00Z'))[0].key; // 'line:deps@2026-11-30'
 */
export function budgetReader(rules: readonly BudgetRule[]): BudgetsFor {
  const order = BudgetRule.shape.of.options;
  const limits = rules
    .toSorted((left, right) => order.indexOf(left.of) - order.indexOf(right.of))
    .map((rule): Limit => ({ rule, caps: capsOfRule(rule) }));
  const known = new WeakMap<Caller, { readonly minute: number; readonly budgets: readonly BudgetOf[] }>();
  return (caller, now) => {
    const minute = Math.floor(now / 60_000);
    const last = known.get(caller);
    if (last?.minute === minute) return last.budgets;
    const budgets = budgetsAt(limits, caller, new Date(now).toISOString());
    known.set(caller, { minute, budgets });
    return budgets;
  };
}

interface Limit {
  readonly rule: BudgetRule;
  readonly caps: Caps;
}

function budgetsAt(limits: readonly Limit[], caller: Caller, at: string): readonly BudgetOf[] {
  const byKey = new Map<string, BudgetOf>();
  for (const one of limits) {
    const found = budgetOf(one, caller, at);
    if (found === null) continue;
    const before = byKey.get(found.key);
    byKey.set(found.key, before === undefined ? found : { ...found, caps: tighter(before.caps, found.caps) });
  }
  return [...byKey.values()];
}

function budgetOf({ rule: { of: scope, name, per }, caps }: Limit, caller: Caller, at: string): BudgetOf | null {
  const path: readonly (string | null)[] = {
    organisation: [],
    line: [caller.line],
    fleet: [caller.fleet],
    run: [caller.run],
    station: [caller.run, caller.station],
  }[scope];
  const named = path.at(-1) ?? '';
  if (path.includes(null) || (name !== undefined && name !== named)) return null;
  const period = per === undefined ? '' : at.slice(0, lengths[per]);
  // Escaped, so that no name can be taken for another one with its period.
  const id = path.map((part) => encodeURIComponent(part ?? '')).join('/');
  const key = `${scope}${id === '' ? '' : `:${id}`}${period === '' ? '' : `@${period}`}`;
  const of = `${scope === 'organisation' ? 'the organisation' : `${scope} ${named}`}${period === '' ? '' : ` for ${period}`}`;
  return { key, of, caps };
}

/** So much of a time in ISO 8601 names a period. */
const lengths = { minute: 16, day: 10, month: 7 } as const;

/** Of two rules for one account each limit that is lower. */
function tighter(left: Caps, right: Caps): Caps {
  const side = (which: 'soft' | 'hard') =>
    Object.fromEntries(
      units.flatMap((unit) => {
        const limits = [left[which][unit], right[which][unit]].filter((limited) => limited !== undefined);
        return limits.length === 0 ? [] : [[unit, Math.min(...limits)]];
      }),
    );
  return { soft: side('soft'), hard: side('hard') };
}

/** The limits of a rule, in the units that accounts count in. */
export function capsOfRule({ usd, tokens, calls }: Partial<BudgetRule>): Caps {
  const given = { microUsd: inMicro(usd), tokens: pair(tokens), calls: pair(calls) };
  const side = (which: 'soft' | 'hard') =>
    Object.fromEntries(units.flatMap((unit) => (given[unit]?.[which] === undefined ? [] : [[unit, given[unit][which]]])));
  return { soft: side('soft'), hard: side('hard') };
}

/** Limits whose soft one lies beyond the hard one, in words. */
export function turnedRound({ soft, hard }: Caps): readonly { readonly unit: Unit; readonly message: string }[] {
  return units.flatMap((unit) => {
    const [low, high] = [soft[unit], hard[unit]];
    if (low === undefined || high === undefined || low <= high) return [];
    return [{ unit, message: `The soft limit of ${inWords(unit, low)} lies beyond the hard one of ${inWords(unit, high)}.` }];
  });
}

interface Pair {
  readonly soft: number | undefined;
  readonly hard: number;
}

function pair(limited: number | { readonly soft?: number | undefined; readonly hard: number } | undefined): Pair | undefined {
  if (limited === undefined) return undefined;
  return typeof limited === 'number' ? { soft: undefined, hard: limited } : { soft: limited.soft, hard: limited.hard };
}

function inMicro(usd: BudgetRule['usd']): Pair | undefined {
  const dollars = pair(usd);
  if (dollars === undefined) return undefined;
  return { soft: dollars.soft === undefined ? undefined : microUsd(dollars.soft), hard: microUsd(dollars.hard) };
}
