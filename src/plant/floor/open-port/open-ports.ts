import type { Egress, EgressRefusal, EgressRoute } from '../../../core/ports/egress.ts';
import { gatesOf } from '../gates.ts';
import type { Place } from '../place/places.ts';
import { keepPort, rememberedPort, type KeptPort } from './kept-port.ts';

/** The ways out of workspaces on a floor without walls, which shares its network with everybody of the machine. */
export interface OpenPorts {
  /** What a command of the network `gateway` is told of its way out, which is opened when it is first needed. */
  environment(place: Place): Promise<Readonly<Record<string, string>>>;
  /** Opens the way again that an earlier life of the factory had opened, for commands that have lived on. */
  rejoin(place: Place): Promise<void>;
  refusals(place: Place): readonly EgressRefusal[];
  close(place: Place): Promise<void>;
}

export interface OpenPortsOptions {
  readonly egress: Egress;
  /** What a command of the network `gateway` may reach through its port; the rest of the world it reaches by itself. */
  readonly routes: readonly EgressRoute[];
  readonly refused: (place: Place, refusal: EgressRefusal) => void;
}

/**
 * Gates at ports of 127.0.0.1. Other users of the machine can come to a port, and a port that is free can be taken by
 * them: so each path begins with a key, and the port is kept from the first command to the end of the workspace.
 */
export function openPorts({ egress, routes, refused }: OpenPortsOptions): OpenPorts {
  const ports = new Map<string, Promise<KeptPort>>();
  const portOf = (place: Place): Promise<KeptPort> => {
    const kept = ports.get(place.space) ?? keepPort(place);
    ports.set(place.space, kept);
    // One that could not be had is tried anew.
    kept.catch(() => ports.delete(place.space));
    return kept;
  };
  const keyOf = async (place: Place): Promise<string> => (await portOf(place)).key;
  // The one user who may connect is that of the port's keeper, the factory's own.
  const gates = gatesOf({ egress, userOf: () => null, routes: { gateway: routes }, keyOf, refused });
  return {
    async environment(place) {
      const way = await gates.open(place, 'gateway');
      const { port } = await portOf(place);
      return withoutNpm(way?.gate.environment(port) ?? {});
    },
    async rejoin(place) {
      if ((await rememberedPort(place)) !== null) await gates.open(place, 'gateway');
    },
    refusals: (place) => gates.refusals(place),
    async close(place) {
      ports.delete(place.space);
      await gates.close(place);
    },
  };
}

/** Where there is no wall, npm finds registries without us. */
function withoutNpm(environment: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('npm_config_')));
}
