import type { FloorDesk } from '../../core/ports/factory.ts';
import { preparedBase } from '../base/index.ts';
import { enterRun } from './enter-run.ts';
import type { FloorNeeds } from './needs.ts';

/**
 * What operators see and do of the floor that commands run on.
 *
 * @example
 * const { tier } = await floorDesk(async () => needs).probe();
 */
export function floorDesk(open: () => Promise<FloorNeeds>): FloorDesk {
  return {
    probe: async () => await (await open()).floor.probe(),
    list: async () => await (await open()).floor.list(),
    prepare: async (location) => {
      const needs = await open();
      return await preparedBase(await needs.forge.open(location), needs);
    },
    reap: async ({ dryRun }) => await (await open()).floor.reap({ dryRun }),
    enter: async (run, order) => await enterRun(run, order, open),
  };
}
