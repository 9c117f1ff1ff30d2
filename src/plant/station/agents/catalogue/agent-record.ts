import type { KnownAgent } from '../../../../core/ports/stations/agents.ts';

/** What is known of an agent, with what only its store needs to know. */
export interface AgentRecord extends KnownAgent {
  /** How the names of packages begin that hold what is made for one kind of machine; null where there are none. */
  readonly platformPackages: string | null;
  /**
   * Where such a package has the program, for agents whose own package has only a stub that an install script would
   * replace; null where the package's own program is it.
   */
  readonly native: string | null;
  /** Arguments that make it print its version. */
  readonly versionArguments: readonly string[];
  /** Environment that keeps it from calling home, as far as an environment can. */
  readonly quiet: Readonly<Record<string, string>>;
  /** Null for one that uses the login of another. */
  readonly login: LoginPlaces | null;
}

/** Where a login lies. Only whether something lies there is ever looked at. */
export interface LoginPlaces {
  readonly files: readonly {
    /** Variable that names the folder to look in; null for the home of the user. Where one is set, the home does not count. */
    readonly below: string | null;
    readonly path: string;
  }[];
  readonly variables: readonly string[];
  /** Where it may lie in the system's key chain instead. */
  readonly keyChain: 'darwin' | 'any' | 'never';
  /** How one logs in, as a sentence. */
  readonly how: string;
}
