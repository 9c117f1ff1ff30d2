import { connect } from 'node:net';
import { JidokaError } from '../../../../core/base/error.ts';
import type { Egress, EgressOrder } from '../../../../core/ports/egress.ts';
import type { Network } from '../../../../core/ports/process.ts';
import { routesOf } from '../../gates.ts';
import { listenAt } from '../../remote/index.ts';
import type { Passage } from './passage.ts';

export interface Guard {
  /** Whose way out it is; what the container says of that does not count. */
  readonly job: string;
  readonly passage: Pick<Passage, 'isOpen'>;
}

/**
 * The same way out, which nobody passes while no command runs that may. The runner says so too, within the container; but
 * a job could stand in for it there, and not here.
 */
export function guardedEgress(egress: Egress, { job, passage }: Guard): Egress {
  return {
    async serve(order) {
      const network = networkOf(order);
      const behind = `${order.socket}.in`;
      const gate = await egress.serve({ ...order, job, socket: behind });
      const front = await listenAt(order.socket, {
        user: order.user,
        connected: (near) => {
          near.on('error', () => near.destroy());
          if (!passage.isOpen(network)) return void near.destroy();
          const far = connect({ path: behind, allowHalfOpen: true });
          near.on('error', () => far.destroy()).pipe(far);
          far.on('error', () => near.destroy()).pipe(near);
        },
      }).catch(async (error: unknown) => {
        await gate.close();
        throw error;
      });
      return {
        ...gate,
        allow: (routes) => gate.allow(routes.filter((route) => order.routes.includes(route))),
        async close() {
          await front.close();
          await gate.close();
        },
      };
    },
  };
}

/** The network whose routes these are, all of them and no others. Throws `workspace-failed`. */
function networkOf({ routes }: Pick<EgressOrder, 'routes'>): Exclude<Network, 'none'> {
  const networks = ['registry', 'gateway'] as const;
  const found = networks.find((network) => String(routesOf[network]) === String(routes));
  if (found !== undefined) return found;
  throw new JidokaError(
    'workspace-failed',
    `The runner of a container asks for a way out to ${JSON.stringify(routes)}, which no command has.`,
    {
      mend: 'Open the workspace anew: what runs in the container is not what this factory put there.',
    },
  );
}
