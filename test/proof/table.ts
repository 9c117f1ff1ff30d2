import type { Boundary } from './boundaries.ts';
import { kinds, type Kind } from './kinds.ts';
import type { Proof, Tried } from './proof.ts';

/** What was proved of one kind of disturbance. Times are milliseconds. */
export interface Row {
  readonly kind: Kind;
  /** Runs. */
  readonly trials: number;
  readonly passed: number;
  /** Instants at which one or several processes were killed or stopped. */
  readonly instants: number;
  readonly kills: number;
  /** Ends of transactions right after which something was killed, of all that a run has, and the events they brought. */
  readonly boundaries?: { readonly met: number; readonly of: number; readonly events: number };
  readonly repeats: { readonly stagesBegunAgain: number; readonly programsRunAgain: number };
  /** From a kill to the next stage that another process took over; null where none was. */
  readonly takeoverMs: { readonly p50: number; readonly p95: number; readonly most: number; readonly count: number } | null;
}

/** Sums the trials up, kind by kind. */
export function tableOf({ tried, boundaries }: Proof): readonly Row[] {
  return kinds.map((kind) =>
    rowOf(
      kind,
      tried.filter((each) => each.kind === kind),
      boundaries,
    ),
  );
}

function rowOf(kind: Kind, tried: readonly Tried[], boundaries: readonly Boundary[]): Row {
  const isOfEvents = kind === 'worker-events' || kind === 'database-events';
  const names = new Set(tried.flatMap(({ met }) => met.map(({ role, key }) => `${role} ${key}`)));
  const met = boundaries.filter(({ role, key }) => names.has(`${role} ${key}`));
  return {
    kind,
    trials: tried.length,
    passed: tried.filter(({ faults }) => faults.length === 0).length,
    instants: sum(tried.map(({ instants }) => instants)),
    kills: sum(tried.map(({ kills }) => kills)),
    ...(isOfEvents ? { boundaries: { met: met.length, of: boundaries.length, events: sum(met.map(({ events }) => events)) } } : {}),
    repeats: {
      stagesBegunAgain: sum(tried.map(({ repeatsWithin }) => repeatsWithin)),
      programsRunAgain: sum(tried.map(({ repeatsOutside }) => repeatsOutside)),
    },
    takeoverMs: spread(tried.flatMap(({ takeoversMs }) => takeoversMs)),
  };
}

function spread(values: readonly number[]): Row['takeoverMs'] {
  const sorted = values.toSorted((left, right) => left - right);
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
  return sorted.length === 0 ? null : { p50: at(0.5), p95: at(0.95), most: at(1), count: sorted.length };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
