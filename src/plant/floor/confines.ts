import type { EgressRefusal } from '../../core/ports/egress.ts';
import type { Command, ProcessResult } from '../../core/ports/floor.ts';
import type { Account } from './account.ts';
import { commandEnvironment } from './environment.ts';
import type { HostEnvironment, Places } from './environment.ts';
import type { Layer } from './layers/layer.ts';
import type { OpenPorts } from './open-port/open-ports.ts';
import type { Place } from './place/places.ts';
import type { Start } from './spawn/spawn.ts';

/** How the commands of a floor's workspaces are kept apart from the host and from each other. */
export interface Confines {
  /** True where the kernel ends whatever a command left together with the command. */
  readonly leavesNothing: boolean;
  /** User that the commands of a workspace run as; null for the factory's own. */
  userOf(place: Place): Start['user'];
  /** What is to be started for a command in `cwd`, an absolute folder of the workspace. */
  enclose(site: Site, command: Command, cwd: string): Promise<Enclosed>;
  /** Where a port of a command is reached from outside. */
  reach(place: Place, port: number): Reach;
  /** The result of a command, from the result of what was started for it. */
  resultOf(result: ProcessResult): ProcessResult;
  /** Makes ready again, for a workspace that is taken over, what commands of its earlier life go on to use. */
  rejoin(place: Place): Promise<void>;
  /** What the way out of a workspace refused so far. */
  refusals(place: Place): readonly EgressRefusal[];
  /** Takes back what was given to a workspace. */
  release(place: Place): Promise<void>;
}

/** Where a command runs: the place of its workspace, and the layer its tree is. */
export interface Site {
  readonly place: Place;
  readonly layer: Layer;
}

export type Reach = { readonly kind: 'socket'; readonly path: string } | { readonly kind: 'port'; readonly port: number };

export interface Enclosed {
  readonly argv: Command['argv'];
  readonly env: Readonly<Record<string, string>>;
}

export interface HostConfinesOptions {
  readonly account: Account;
  readonly shared: Omit<Places, 'home' | 'tmp'>;
  readonly env: HostEnvironment;
  /** Ways out to what the factory answers; null where it answers nothing. */
  readonly ports: OpenPorts | null;
}

/** Nothing but a clean environment and, for root, another user: commands can reach the host's files and network. */
export function hostConfines({ account, shared, env, ports }: HostConfinesOptions): Confines {
  return {
    leavesNothing: false,
    userOf: () => account.user,
    async enclose({ place }, { argv, network, env: own }) {
      const { home, tmp } = place;
      const way = network === 'gateway' ? await ports?.environment(place) : {};
      return { argv, env: { ...commandEnvironment(network, env, { ...shared, home, tmp }), ...way, ...own } };
    },
    reach: (_place, port) => ({ kind: 'port', port }),
    resultOf: (result) => result,
    rejoin: async (place) => ports?.rejoin(place),
    refusals: (place) => ports?.refusals(place) ?? [],
    release: async (place) => ports?.close(place),
  };
}
