import type { GatewayConfig } from './gateway-config.ts';

/** What fills a slot. */
export interface Resolved {
  /** Names that led from the slot to its models, the slot first. */
  readonly via: readonly string[];
  /** The plan, or null where one model fills it. */
  readonly plan: string | null;
  readonly models: readonly string[];
}

/** Fills a slot with the plan that was chosen for the run that asks. */
export const autoPlan = 'auto';

/**
 * Follows a slot to the models that fill it; a plan and a model may be asked for by their own names too, and several by their names with
 * commas between, one after the other. `auto` may come to any model, and where nothing was chosen they are tried as they are written.
 * Null where a name is unknown, or leads in a circle.
 *
 * @example
 * resolveSlot(config, 'coder'); // { via: ['coder', 'careful'], plan: 'careful', models: ['cheap', 'strong'] }
 */
export function resolveSlot(config: Names, name: string): Resolved | null {
  if (!name.includes(',')) return resolveOne(config, name);
  const all = name.split(',').map((one) => resolveOne(config, one));
  const models = all.flatMap((one) => one?.models ?? []);
  return all.includes(null) ? null : { via: [name], plan: name, models: [...new Set(models)] };
}

/** All names that may be asked for, slots first. */
export function namesIn({ slots, plans = {}, models }: Names): readonly string[] {
  return [...new Set([slots, plans, models].flatMap((table) => Object.keys(table)))];
}

type Names = Pick<GatewayConfig, 'models' | 'slots' | 'plans'>;

function resolveOne(config: Names, name: string): Resolved | null {
  const via: string[] = [];
  for (let at: string | undefined = name; at !== undefined && !via.includes(at); at = own(config.slots, at)) {
    via.push(at);
    const plan = own(config.plans ?? {}, at);
    if (plan !== undefined) return { via, plan: at, models: plan };
    if (own(config.models, at) !== undefined) return { via, plan: null, models: [at] };
    if (at === autoPlan && own(config.slots, at) === undefined) return { via, plan: autoPlan, models: Object.keys(config.models) };
  }
  return null;
}

/** What a table of names that somebody wrote has under a name, and nothing of what every object has. */
export function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
