import type { GatewayConfig } from '../config/gateway-config.ts';
import { type MicroUsd, microUsd } from '../money/micro-usd.ts';
import { stakesOf } from '../routing/plan-run.ts';
import { priorOf, type PriorTables } from '../routing/priors.ts';

/** What models are worth beside their price, for one caller. */
export interface Merit {
  /** Chance of a right result by public figures, by model; a model that nobody knows is left out. */
  readonly chances: ReadonlyMap<string, number>;
  /** What a right result is worth. */
  readonly value: MicroUsd;
}

/** The chances of models whose owner says by which name they are publicly known. */
export function publicChances({ models }: Pick<GatewayConfig, 'models'>, priors: PriorTables): ReadonlyMap<string, number> {
  const known = Object.entries(models).flatMap(([name, { prior }]) => {
    const found = prior === undefined ? null : priorOf(priors, { model: prior, harness: null });
    return found === null ? [] : [[name, found.resolved] as const];
  });
  return new Map(known);
}

/** What a right result of a line is worth, as its owner says, or what is usual. */
export function valueOf({ lines = {} }: Pick<GatewayConfig, 'lines'>, line: string): MicroUsd {
  return microUsd(stakesOf(Object.hasOwn(lines, line) ? lines[line] : undefined).value);
}

/** How much more likely a right result is with another model; nothing where that is not known of both. */
export function gainOf({ chances }: Merit, from: string, to: string): number {
  const [before, after] = [chances.get(from), chances.get(to)];
  return before === undefined || after === undefined ? 0 : after - before;
}
