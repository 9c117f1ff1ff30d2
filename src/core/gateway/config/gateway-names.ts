import { namesOf } from '../cutoff/cut.ts';
import type { CutKind, GatewayConfig } from './gateway-config.ts';
import { autoPlan } from './resolve-slot.ts';

/** Names that a gateway knows. */
export interface GatewayNames {
  readonly slots: readonly string[];
  /** What a slot may be filled by: models, plans, other slots, or `auto`. */
  readonly fillings: readonly string[];
  /** What may be taken away, by its kind. */
  readonly cuts: Readonly<Record<CutKind, readonly string[]>>;
}

/** The names of a configuration. */
export function gatewayNames(config: GatewayConfig): GatewayNames {
  const { slots, models, plans = {} } = config;
  const of = (kind: CutKind): readonly string[] => namesOf(config, kind);
  return {
    slots: Object.keys(slots),
    fillings: [...[models, plans, slots].flatMap((table) => Object.keys(table)), autoPlan],
    cuts: { provider: of('provider'), vendor: of('vendor'), region: of('region'), model: of('model') },
  };
}
