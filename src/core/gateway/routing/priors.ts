import { z } from 'zod';
import { meant } from '../../base/nearest.ts';
import type { GatewayConfig } from '../config/gateway-config.ts';

/** How often a model solved the tasks of a public benchmark under one harness, and at what cost. */
const PriorRow = z.strictObject({
  harness: z.string().min(1),
  model: z.string().min(1),
  resolved: z.number().gt(0).lt(1),
  /** US dollars for a task, by the list prices of the day of the run. */
  usd: z.number().min(0).optional(),
  /** Calls of the model for a task. */
  calls: z.int().min(1).optional(),
  weights: z.enum(['open', 'closed']),
});

/** models/priors.json: what is publicly known of models before this factory has seen them work. */
export const PriorTables = z.strictObject({
  tables: z.array(
    z.strictObject({
      benchmark: z.string().min(1),
      source: z.string().min(1),
      /** When somebody looked. */
      asOf: z.iso.date(),
      /** When the runs were made, as far as it is said. */
      runs: z.string().optional(),
      tasks: z.int().min(1).optional(),
      trials: z.int().min(1),
      rows: z.array(PriorRow).min(1),
    }),
  ),
});
export type PriorTables = z.infer<typeof PriorTables>;

/** What is known of a model beforehand, and where from. */
export interface Prior {
  readonly model: string;
  readonly resolved: number;
  readonly usd: number | null;
  readonly harness: string;
  readonly benchmark: string;
  readonly asOf: string;
}

/**
 * Finds a model in the tables, the first that has it. A harness moves a model by tens of points, so a row of the harness at hand
 * goes before the others.
 *
 * @example
 * priorOf(tables, { model: 'small-1', harness: null })?.resolved; // 0.6
 */
export function priorOf(
  { tables }: PriorTables,
  { model, harness }: { readonly model: string; readonly harness: string | null },
): Prior | null {
  const found = tables.flatMap(({ benchmark, asOf, rows }) =>
    rows
      .filter((row) => row.model === model)
      .map((row): Prior => ({ model, resolved: row.resolved, usd: row.usd ?? null, harness: row.harness, benchmark, asOf })),
  );
  return found.find((prior) => prior.harness === harness) ?? found[0] ?? null;
}

/** A `prior:` of a configuration that no table has, and what may have been meant. */
export interface UnknownPrior {
  readonly model: string;
  readonly prior: string;
  readonly mend: string;
}

/** Models whose `prior:` names nothing that is publicly known: nothing is known of them then. */
export function unknownPriors({ models }: Pick<GatewayConfig, 'models'>, { tables }: PriorTables): readonly UnknownPrior[] {
  const known = [...new Set(tables.flatMap(({ rows }) => rows.map(({ model }) => model)))];
  return Object.entries(models).flatMap(([model, { prior }]) =>
    prior === undefined || known.includes(prior) ? [] : [{ model, prior, mend: meant(prior, known) }],
  );
}
