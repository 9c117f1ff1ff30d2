import { isJidokaError } from '../../../core/base/error.ts';
import { onceUnlessFailed } from '../../../core/base/once-unless-failed.ts';
import type { Attached, Floor } from '../../../core/ports/floor.ts';
import { workspaceFault } from '../fault.ts';
import { prepareBase } from '../layers/prepare-base.ts';
import { adoptContainer, visitContainer } from './adopt.ts';
import { keepBaseImages } from './bases/keep-bases.ts';
import { describeContainers, prepareContainerGround, takeBearings } from './ground.ts';
import type { ContainerFloorOptions } from './ground.ts';
import type { InsideFloor } from './inside-floor.ts';
import { openContainer } from './open.ts';
import { reapContainers } from './reap.ts';
import { listContainerFloor } from './views.ts';

/**
 * The floor of containers, of Docker or Podman: each workspace has one of its own, without a network, without rights and
 * without anything of the host in it; its one way out leads through the engine to the factory. Tier T3, proved by
 * canaries before the first workspace opens. Throws `no-sandbox` where a container does not hold, `floor-unreachable`
 * where no engine answers, `usage` for an image that jobs cannot run in: never another floor instead.
 *
 * @example
 * const floor = containerFloor({ image: 'node:22-bookworm', root: '/home/ada/.jidoka/containers', egress, clock, env: process.env, log });
 * const { tier, wall } = await floor.probe(); // 'T3', 'docker 27.3.1'
 */
export function containerFloor(options: ContainerFloorOptions): Floor {
  const insides = new Map<string, InsideFloor>();
  const bearings = onceUnlessFailed(() => takeBearings(options, insides));
  const ground = onceUnlessFailed(async () =>
    prepareContainerGround(await bearings()).catch((error: unknown) => {
      throw workspaceFault(error, 'preparing the floor of containers');
    }),
  );
  return {
    kind: 'container',
    probe: async () => describeContainers(await ground()),
    async prepare(order) {
      await prepareBase(keepBaseImages(await ground()), order);
      return { floor: 'container', key: order.key };
    },
    open: async (name, more) => (await openContainer(await ground(), name, more)).workspace,
    attach: (ref, { visit = false } = {}) =>
      unlessUnreachable(async () => {
        const { engine } = await bearings();
        if (ref.host !== engine.host)
          return { kind: 'unreachable', why: `${ref.name} stands on ${ref.host}, and this factory's floor is on ${engine.host}` };
        const found = await ground();
        return visit ? visitContainer(found, ref.name) : adoptContainer(found, ref.name);
      }),
    list: async () => listContainerFloor(await bearings()),
    reap: async (how = {}) => reapContainers(await bearings(), how),
    async close() {
      const all = [...insides.values()];
      insides.clear();
      await Promise.all(all.map(({ floor }) => floor.close()));
    },
  };
}

/** An engine that does not answer is no proof that something is gone. */
async function unlessUnreachable(attach: () => Promise<Attached>): Promise<Attached> {
  try {
    return await attach();
  } catch (error) {
    if (isJidokaError(error) && error.code === 'floor-unreachable') return { kind: 'unreachable', why: error.message };
    throw error;
  }
}
