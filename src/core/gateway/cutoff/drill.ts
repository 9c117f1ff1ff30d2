import { CutKind, type GatewayConfig } from '../config/gateway-config.ts';
import { own, resolveSlot } from '../config/resolve-slot.ts';
import { namesOf } from './cut.ts';
import { cutOff, type CutOff, type LineUse } from './cut-off.ts';

export interface Drill {
  /** Everything that could be taken away, each alone. */
  readonly cutOffs: readonly CutOff[];
  /** Each fault once. */
  readonly faults: readonly string[];
  /** Lines with a station that only models with closed weights can do: nobody but their vendors can keep it going. */
  readonly closedOnly: readonly string[];
}

/**
 * Takes away in turn everything that could be, each alone, and says which lines would not survive what they must.
 *
 * @example
 * drill(config, uses).faults.length === 0; // what a check in CI asks
 */
export function drill(config: GatewayConfig, uses: readonly LineUse[]): Drill {
  const cutOffs = CutKind.options.flatMap((kind) =>
    namesOf(config, kind).map((name) => cutOff(config, { kind, name }, { uses, parked: [] })),
  );
  const faults = [...new Set(cutOffs.flatMap((one) => one.faults))];
  return { cutOffs, faults, closedOnly: uses.filter((use) => isClosed(config, use)).map(({ line }) => line) };
}

function isClosed(config: GatewayConfig, { stations }: LineUse): boolean {
  const slots = stations.flatMap((station) => station.slots);
  return slots.some((slot) => {
    const models = resolveSlot(config, slot)?.models ?? [];
    return models.length > 0 && models.every((name) => own(config.models, name)?.weights === 'closed');
  });
}
