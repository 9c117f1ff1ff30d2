import { JidokaError } from '../../../core/base/error.ts';
import { holderOf, lifeOfOwner } from '../place/owner.ts';
import type { Container } from './engine/containers.ts';
import type { Bearings } from './ground.ts';
import type { ContainerPlace } from './place.ts';
import { ownerIn } from './views.ts';

/** Without a lock on this machine, whom the container names still counts. Throws `workspace-failed` where he may live. */
export async function mustBeFree({ owner: here }: Bearings, place: ContainerPlace, container: Container): Promise<void> {
  if ((await holderOf(place.lock)) !== null) return;
  const owner = ownerIn(container.labels);
  if (owner === null || (await lifeOfOwner(owner, here)) === 'dead') return;
  throw new JidokaError('workspace-failed', `Process ${owner.pid} on ${owner.host} works in the workspace ${place.name}.`, {
    mend: `Wait for it, or end it, and run this again; where ${owner.host} is no more, remove the container ${place.container}.`,
    data: { holder: owner.pid },
  });
}
