/** What a command is confined to. Paths are absolute and the same on both sides of the wall, where they are the host's. */
export interface Confinement {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Folders of the workspace that the command may write: its tree, scratch, home and tmp. They exist. */
  readonly writable: readonly string[];
  /** Files and folders of the host that it may read, beside the system's own programs and libraries. */
  readonly readable: readonly string[];
  /** Socket of the workspace's egress, or null: then there is no way out at all. */
  readonly socket: string | null;
}

/** What keeps a command apart from the host: its files, network, processes and rights. */
export interface Wall {
  readonly kind: 'bubblewrap' | 'namespaces';
  /** The program and the environment by which to start the confined command, as the user that commands run as. */
  confine(command: Confinement): { readonly argv: readonly [string, ...string[]]; readonly env: Readonly<Record<string, string>> };
}

/** A property of a wall that a canary has shown, or has shown to be missing. */
export interface Claim {
  /** 'fs.read.confined', 'net.none', 'proc.kill.complete', … */
  readonly claim: string;
  readonly state: 'proved' | 'refuted';
  /** What the canary tried and saw. */
  readonly proof: string;
}
