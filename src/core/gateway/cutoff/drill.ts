import { CutKind, type GatewayConfig } from '../config/gateway-config.ts';
import { own, resolveSlot } from '../config/resolve-slot.ts';
import { namesOf } from './cut.ts';
import { standing } from '../config/setting.ts';
import { type Befallen, cutOff, type CutOff } from './cut-off.ts';
import type { LineUse } from './line-use.ts';

export interface Drill {
  /** Everything that could be taken away, each alone. */
  readonly cutOffs: readonly CutOff[];
  /** Each fault once. */
  readonly faults: readonly string[];
  /** Lines with a stage that only models with closed weights can do: nobody but their vendors can keep it going. */
  readonly closedOnly: readonly string[];
}

/**
 * Takes away in turn everything that could be, each alone, and says which lines would not survive what they must.
 *
 * @example
 * drill(config, { uses, open: [] }).faults.length === 0; // what a check in CI asks
 */
export function drill(config: GatewayConfig, on: Befallen): Drill {
  const cutOffs = CutKind.options.flatMap((kind) => namesOf(config, kind).map((name) => cutOff(config, { kind, name }, on)));
  const faults = [...new Set(cutOffs.flatMap((one) => one.faults))];
  const now = standing(config, on.settings ?? []);
  return { cutOffs, faults, closedOnly: on.uses.filter((use) => isClosed(now, use)).map(({ line }) => line) };
}

/** A stage is closed where each slot that its stations ask leads to closed models alone. */
function isClosed(config: GatewayConfig, { stages }: LineUse): boolean {
  return stages.some(({ stations, isOptional }) => {
    const models = stations.flatMap(({ asks }) => (asks.kind === 'slot' ? (resolveSlot(config, asks.slot)?.models ?? []) : []));
    const asksNone = stations.some(({ asks }) => asks.kind === 'nothing');
    return !isOptional && !asksNone && models.length > 0 && models.every((name) => own(config.models, name)?.weights === 'closed');
  });
}
