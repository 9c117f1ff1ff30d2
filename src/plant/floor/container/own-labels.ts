import type { Bearings } from './ground.ts';
import { labels } from './layout.ts';

/** Labels of something that this process makes on the engine: whose it is, and what for. */
export function ownLabels(
  { floor, owner }: Pick<Bearings, 'floor' | 'owner'>,
  use: 'workspace' | 'canary' | 'ground',
): Readonly<Record<string, string>> {
  return { [labels.floor]: floor, [labels.use]: use, [labels.owner]: JSON.stringify(owner) };
}
