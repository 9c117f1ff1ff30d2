import type { EgressRefusal } from '../../core/ports/egress.ts';
import type { Command, ProcessResult } from '../../core/ports/floor.ts';
import type { Account } from './account.ts';
import { commandEnvironment } from './environment.ts';
import type { HostEnvironment, Places } from './environment.ts';
import type { Layer } from './layers/layer.ts';
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
}

/** Nothing but a clean environment and, for root, another user: commands can reach the host's files and network. */
export function hostConfines({ account, shared, env }: HostConfinesOptions): Confines {
  return {
    leavesNothing: false,
    userOf: () => account.user,
    enclose: async ({ place: { home, tmp } }, { argv, network, env: own }) => ({
      argv,
      env: { ...commandEnvironment(network, env, { ...shared, home, tmp }), ...own },
    }),
    reach: (_place, port) => ({ kind: 'port', port }),
    resultOf: (result) => result,
    refusals: () => [],
    release: async () => undefined,
  };
}
