import { onceUnlessFailed } from '../../core/base/once-unless-failed.ts';
import type { Floor } from '../../core/ports/floor.ts';
import { workspaceFault } from './fault.ts';
import { describeGround } from './ground.ts';
import type { Ground } from './ground.ts';
import type { BaseKeeper } from './layers/base-keeper.ts';
import { prepareBase } from './layers/prepare-base.ts';
import { adoptWorkspace, keepBases, listFloor, openWorkspace, reapFloor, visitWorkspace } from './place/lives.ts';

/** A floor of this host, which can also build bases for somebody who is elsewhere. */
export interface LocalFloor extends Floor {
  bases(): Promise<BaseKeeper>;
}

/** A floor of this host on a ground that is made when it is first needed, and anew where that failed. */
export function floorOn(kind: string, root: string, prepare: () => Promise<Ground>): LocalFloor {
  const ground = onceUnlessFailed(() =>
    prepare().catch((error: unknown) => {
      throw workspaceFault(error, `preparing the floor ${root}`);
    }),
  );
  return {
    kind,
    probe: async () => describeGround(await ground()),
    async prepare(order) {
      await prepareBase(keepBases(await ground()), order).catch((error: unknown) => {
        throw order.signal?.aborted === true ? error : workspaceFault(error, `preparing the base ${order.key.slice(0, 12)}`);
      });
      return { floor: kind, key: order.key };
    },
    bases: async () => keepBases(await ground()),
    open: async (name, options) => openWorkspace(await ground(), name, options),
    attach: async ({ name }, { visit = false } = {}) => {
      const workspace = visit ? await visitWorkspace(await ground(), name) : await adoptWorkspace(await ground(), name);
      return workspace === null ? { kind: 'gone' } : { kind: 'attached', workspace };
    },
    list: async () => listFloor(await ground()),
    reap: async (options = {}) => reapFloor(await ground(), options),
    close: async () => undefined,
  };
}
