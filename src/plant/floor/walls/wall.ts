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

/** Port of 127.0.0.1 at which a command finds its way out. */
export const wayOutPort = 4873;

/** What keeps a command apart from the host: its files, network, processes and rights. */
export interface Wall {
  readonly kind: 'bubblewrap' | 'namespaces' | 'landlock' | 'seatbelt';
  /**
   * The program and the environment by which to start the confined command, as the user that commands run as. Throws
   * `workspace-failed` for folders that it cannot keep apart, `no-sandbox` for a way out that it cannot give.
   */
  confine(command: Confinement): { readonly argv: readonly [string, ...string[]]; readonly env: Readonly<Record<string, string>> };
}
