import type { Egress, EgressGate, EgressRefusal, EgressRoute } from '../../core/ports/egress.ts';
import type { Network } from '../../core/ports/process.ts';
import { socketOf } from './place/places.ts';
import type { Place } from './place/places.ts';
import type { Start } from './spawn/spawn.ts';

/** The ways out of the workspaces of a floor. */
export interface Gates {
  /** The way out of a command's network, opened when it is first needed; null where it has none. */
  open(place: Place, network: Network): Promise<OpenGate | null>;
  /** What was refused so far. */
  refusals(place: Pick<Place, 'space'>): readonly EgressRefusal[];
  close(place: Pick<Place, 'space'>): Promise<void>;
}

export interface OpenGate {
  readonly gate: EgressGate;
  readonly socket: string;
}

export interface GatesOptions {
  readonly egress: Egress;
  readonly userOf: (place: Place) => Start['user'];
  /** Key of each path, where others can come to the gate as well. */
  readonly keyOf?: (place: Place) => Promise<string>;
  /** Routes of a network that are not the usual. */
  readonly routes?: Partial<typeof routesOf>;
  readonly refused: (place: Place, refusal: EgressRefusal) => void;
}

/**
 * Each network is a socket of its own, and a command sees that of its network alone: who sets a tree up reaches
 * registries, and a station the model gateway, its own refs and the report desk; neither ever both.
 */
export const routesOf: Readonly<Record<Exclude<Network, 'none'>, readonly EgressRoute[]>> = {
  registry: ['npm'],
  gateway: ['model', 'git', 'report'],
};

/** Opens no gate before it is asked for. */
export function gatesOf({ egress, userOf, keyOf, routes, refused }: GatesOptions): Gates {
  const gates = new Map<string, Map<Network, Promise<OpenGate>>>();
  const told = new Map<string, readonly EgressRefusal[]>();
  const serve = async (place: Place, network: Exclude<Network, 'none'>): Promise<OpenGate> => {
    const socket = socketOf(place, network);
    const tell = (refusal: EgressRefusal): void => {
      told.set(place.space, [...(told.get(place.space) ?? []), refusal]);
      refused(place, refusal);
    };
    const key = await keyOf?.(place);
    const reach = { job: place.name, routes: routes?.[network] ?? routesOf[network], ...(key !== undefined && { key }) };
    const order = { ...reach, socket, user: userOf(place), refused: tell };
    return { gate: await egress.serve(order), socket };
  };
  return {
    async open(place, network) {
      if (network === 'none') return null;
      const own = gates.get(place.space) ?? new Map<Network, Promise<OpenGate>>();
      gates.set(place.space, own);
      const open = own.get(network) ?? serve(place, network);
      own.set(network, open);
      // One that could not be opened is nothing to close later, and is tried anew.
      open.catch(() => own.delete(network));
      return await open;
    },
    refusals: ({ space }) => told.get(space) ?? [],
    async close({ space }) {
      const open = [...(gates.get(space)?.values() ?? [])];
      gates.delete(space);
      told.delete(space);
      for (const one of open) await (await one).gate.close();
    },
  };
}
