/**
 * Keeps agents: coding programs of others that stations drive. They are installed at exact versions into a folder of the
 * factory, or found on PATH.
 */
export interface AgentStore {
  /** What this factory knows of agents, those of the first class first. */
  readonly known: readonly KnownAgent[];
  /**
   * Installs an agent at one exact version, whole or not at all; of two who install the same at once one does it.
   * Throws `agent-unknown`, `version-invalid`, `package-unknown`, `registry-unavailable`, `npm-missing`, `disk-full`,
   * `agent-invalid` where what came is not what was asked for or does not run here.
   */
  add(order: AgentOrder): Promise<AddedAgent>;
  /** What is installed, by name, the newest version first. */
  list(): Promise<readonly InstalledAgent[]>;
  /** Removes one version, 'codex@0.169.0', or all of an agent, 'codex'. Returns what was there. Throws `agent-unknown`. */
  remove(spec: string): Promise<readonly InstalledAgent[]>;
  /** The program that stations would use: the newest installed, else the one on PATH, as it is now. Throws `agent-unknown`. */
  find(name: string): Promise<FoundAgent | null>;
  /** Whether the owner is logged in; the place of a login is looked for, and never into. Throws `agent-unknown`. */
  login(name: string): Promise<AgentLogin>;
  /** Ends what is under way. */
  close(): Promise<void>;
}

export interface AgentOrder {
  /** 'codex@0.169.0'. Without an exact version the recommended one is taken, and that is said. */
  readonly spec: string;
  /** Told what the owner should know before it happens: the size, the version taken. */
  readonly say: (line: string) => void;
}

export interface KnownAgent {
  /** As it is called on command lines and in line files. */
  readonly name: string;
  /** As people call it. */
  readonly title: string;
  /** `first`: held to every promise and tested so; `other`: known to work. */
  readonly class: 'first' | 'other';
  /** The agent that this program speaks the Agent Client Protocol for; null for an agent itself. */
  readonly adapterOf: string | null;
  /** How it speaks the Agent Client Protocol: by itself, by an adapter of that name, or not. */
  readonly acp: { readonly kind: 'own' } | { readonly kind: 'adapter'; readonly name: string } | { readonly kind: 'none' };
  /** Package on npm. */
  readonly package: string;
  /** Name of its program on PATH. */
  readonly program: string;
  /** The version that this factory was tried with. */
  readonly recommended: string;
  /** What it takes of the disk, about, in megabytes. */
  readonly megabytes: number;
  readonly licence: string;
}

/** An agent in the factory's folder, as it was looked at when it was installed. */
export interface InstalledAgent {
  readonly agent: string;
  readonly version: string;
  readonly package: string;
  /** Of the package, as the lockfile has it that npm wrote. */
  readonly integrity: string;
  /** Absolute path of the program. */
  readonly path: string;
  /** What it printed when it was asked for its version. */
  readonly said: string;
  /** What it takes of the disk, in bytes. */
  readonly bytes: number;
  /** ISO time. */
  readonly at: string;
}

export interface AddedAgent {
  /** `there`: this very version had been installed before. */
  readonly how: 'installed' | 'there';
  readonly agent: InstalledAgent;
}

export interface FoundAgent {
  readonly agent: string;
  /** Absolute path of its program on this host. */
  readonly path: string;
  readonly version: string;
  readonly from: 'factory' | 'path';
}

export type AgentLogin =
  /** A login is there: in a file, or in a variable of the environment. Whether it is still good nobody asked. */
  | { readonly kind: 'seen'; readonly where: string }
  /** None in files and variables; it may be in a key chain of the system, which is not looked into. */
  | { readonly kind: 'hidden'; readonly how: string }
  | { readonly kind: 'none'; readonly how: string }
  /** It has none of its own. */
  | { readonly kind: 'not-needed' };
