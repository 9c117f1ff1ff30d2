/** Floors of this machine that a factory can be told to use. */
export const floorKinds = ['host', 'sandbox'] as const;
export type FloorKind = (typeof floorKinds)[number];

/** Where commands run. A floor opens workspaces; a workspace is one job's tree and processes. */
export interface Floor {
  readonly kind: string;
  /** Looks at the floor once: its tier as proved, its user, its tools. */
  probe(): Promise<FloorProbe>;
  /** Opens an empty workspace; one of the same name that an earlier life left is removed first. */
  open(name: string): Promise<Workspace>;
  /** Opens a workspace that an earlier life left with a process in it, and owns it from now on; null where it is gone. */
  adopt(name: string): Promise<Workspace | null>;
  /** Workspaces whose owner died while a started process was in them: not reaped, for somebody may adopt them. */
  left(): Promise<readonly string[]>;
  /** Removes workspaces no live process owns, but for those that are `left`; returns how many. */
  reap(): Promise<number>;
}

export interface FloorProbe {
  readonly kind: string;
  readonly tier: 'T0' | 'T1' | 'T2' | 'T3' | 'T4';
  readonly host: string;
  readonly platform: string;
  /** User that commands run as: 'nobody (65534)'. */
  readonly user: string;
  readonly node: string;
  readonly npm: string;
  /** What a reader of the evidence must know: 'commands run as root', 'no isolation from the host'. */
  readonly caveats: readonly string[];
}

export interface Workspace {
  readonly name: string;
  /** Folder on this host where the tree is; the forge writes a checkout here and harvests from here. */
  readonly root: string;
  /** Folder beside root, for what is not part of the tree: a packet, a result. Owned by the floor's user. */
  readonly scratch: string;
  /** Gives everything below root to the user that commands run as. Call after writing from outside. */
  handOver(): Promise<void>;
  /** Runs a command to its end. Never throws for what the command does; throws `workspace-failed` for a gone workspace. */
  spawn(command: Command): Promise<ProcessResult>;
  /**
   * Starts a command that lives on without this process, and returns how to find it again once that is on disk.
   * Its output goes to files of the workspace. Throws `workspace-failed`.
   */
  start(command: Command): Promise<ProcessRef>;
  /** Waits for a started command, whoever started it; `gone` where it ended without a trace. */
  attach(process: ProcessRef, options: AttachOptions): Promise<ProcessResult | 'gone'>;
  /** Reads a file below root, or null where there is none; refuses paths and links that leave root. */
  read(path: string): Promise<string | null>;
  /** Writes a file below root, folders included, owned by the floor's user. */
  write(path: string, content: string | Uint8Array): Promise<void>;
  /** Removes a file or folder below root; nothing happens where there is none. */
  remove(path: string): Promise<void>;
  /** Files and folders below a folder of root, relative to root, posix; not below node_modules or .git unless asked for by name. */
  list(folder: string): Promise<readonly string[]>;
  /** Ends every process of the workspace and removes its tree. */
  destroy(): Promise<void>;
}

export interface Command {
  readonly argv: readonly [string, ...string[]];
  /** Folder below root, '' for root. */
  readonly cwd: string;
  /** Added to the floor's clean environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Ends the command when it has said nothing for so long. */
  readonly stallMs?: number;
  /** `registry`: may reach package registries, with the owner's npm settings. `none`: needs no network and gets no credentials. */
  readonly network: 'registry' | 'none';
  readonly signal?: AbortSignal;
  /** Output kept of each stream, in bytes; the middle is cut. Default 8 MiB. */
  readonly maxOutputBytes?: number;
}

export interface ProcessResult {
  readonly exit: ProcessExit;
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
  readonly durationMs: number;
}

export type ProcessExit =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: string }
  | { readonly kind: 'timed-out'; readonly afterMs: number }
  | { readonly kind: 'stalled'; readonly afterMs: number }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'not-started'; readonly message: string };

/** Finds a started process again, from any process of the same machine. JSON. */
export interface ProcessRef {
  readonly id: string;
  readonly pid: number;
  /** Tells this life of the pid from another. */
  readonly life: string;
  /** ISO time of its start; its limits are counted from there. */
  readonly startedAt: string;
}

export interface AttachOptions {
  readonly timeoutMs: number;
  readonly stallMs?: number;
  /** Ends the process, with its whole tree, when aborted for another reason than `leave`. */
  readonly signal: AbortSignal;
  readonly maxOutputBytes?: number;
}
