import type { Command, ProcessResult } from '../../core/ports/floor.ts';
import type { Account } from './account.ts';
import { commandEnvironment } from './environment.ts';
import type { HostEnvironment, Places } from './environment.ts';
import type { Place } from './places.ts';
import type { Start } from './spawn/spawn.ts';

/** How the commands of a floor's workspaces are kept apart from the host and from each other. */
export interface Confines {
  /** User that the commands of a workspace run as; null for the factory's own. */
  userOf(place: Place): Start['user'];
  /** What is to be started for a command in `cwd`, an absolute folder of the workspace. */
  enclose(place: Place, command: Command, cwd: string): Promise<Enclosed>;
  /** The result of a command, from the result of what was started for it. */
  resultOf(result: ProcessResult): ProcessResult;
  /** Takes back what was given to a workspace. */
  release(place: Place): Promise<void>;
}

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
    userOf: () => account.user,
    enclose: async ({ home, tmp }, { argv, network, env: own }) => ({
      argv,
      env: { ...commandEnvironment(network, env, { ...shared, home, tmp }), ...own },
    }),
    resultOf: (result) => result,
    release: async () => undefined,
  };
}
