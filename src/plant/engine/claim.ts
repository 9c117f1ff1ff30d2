import type { Pool } from 'pg';
import type { Json } from '../../core/base/json.ts';
import type { HeldStep, Offer } from '../../core/ports/engine.ts';

export interface Wanted {
  readonly executor: string;
  readonly offer: Offer;
  /** Steps to take at most, in the order of {@link lanes}. */
  readonly rooms: readonly number[];
  /** Works to take steps of, with all that belongs to them; null for any. */
  readonly roots: ReadonlySet<string> | null;
}

export interface Claimed {
  readonly tokens: readonly string[];
  /** Milliseconds until time alone lets another step through; null where it does not. */
  readonly nextMs: number | null;
}

/** Kinds of places of a process, as the table numbers them. */
export const lanes = { control: 1, requests: 2, stages: 3 } as const;

/**
 * Takes steps for this process. Their inputs are fetched apart from it: a process that stops to read in the middle of a
 * long answer would keep all others from taking steps.
 */
export async function claimSteps(pool: Pool, { executor, offer, rooms, roots }: Wanted): Promise<Claimed> {
  const only = roots === null ? null : JSON.stringify(Object.fromEntries([...roots].map((work) => [work, true])));
  const { rows } = await pool.query<{ claimed: Claimed }>({
    name: 'jidoka-claim',
    text: 'select jidoka.claim($1, $2, $3, $4, $5) as claimed',
    values: [executor, offer.queues, offer.labels, rooms, only],
  });
  return rows[0]?.claimed ?? { tokens: [], nextMs: null };
}

/** Fetches what was taken, in the order of the tokens; without those that were lost again meanwhile. */
export async function fetchSteps(pool: Pool, executor: string, tokens: readonly string[]): Promise<readonly TakenStep[]> {
  const { rows } = await pool.query<StepRow>({
    name: 'jidoka-fetch',
    text: `select s.work, w.kind, s.id, s.token, s.reclaims, s.lost, w.input, s.due_at, s.lane
             from jidoka.step s join jidoka.work w on w.id = s.work
            where s.state = 'held' and s.executor = $1 and s.token = any ($2::uuid[])
            order by array_position($2::uuid[], s.token)`,
    values: [executor, tokens],
  });
  return rows.map(({ due_at, lane, ...step }) => ({ step: { ...step, dueAt: due_at.toISOString() }, lane }));
}

export interface TakenStep {
  readonly step: HeldStep;
  readonly lane: number;
}

interface StepRow {
  readonly work: string;
  readonly kind: HeldStep['kind'];
  readonly id: string;
  readonly token: string;
  readonly reclaims: number;
  readonly lost: readonly string[];
  readonly input: Json;
  readonly due_at: Date;
  readonly lane: number;
}
