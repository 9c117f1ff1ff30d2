import type { EgressRefusal } from './egress.ts';
import type { GitSink, GitSource } from './git.ts';
import type { Command, Conversation, ProcessRef, ProcessResult, AttachOptions } from './process.ts';
import type { BaseOrder, BaseRef, Limits, ReapReport, WorkspaceRef, WorkspaceView } from './place.ts';

export type * from './process.ts';
export type * from './place.ts';

/** Floors that a factory can be told to use; `container` and `ssh` are told more by the settings. */
export const floorKinds = ['sandbox', 'host', 'container', 'ssh'] as const;
export type FloorKind = (typeof floorKinds)[number];

/** What the owner of a factory says of the floor that it uses. */
export interface FloorSettings {
  readonly kind: FloorKind;
  /** True where nobody named the kind, and the preset stands. */
  readonly preset: boolean;
  /** Image that commands of the floor `container` run in; null where nobody named one. */
  readonly image: string | null;
  /** Where the engine of containers listens; null for the places where they usually do. */
  readonly engine: string | null;
  /** Machine of the floor `ssh`: 'ada@build.example:2222'; null for another floor. */
  readonly host: string | null;
  /** The least tier that a sandbox may have; a wall of T1 is only ever taken where this says so. */
  readonly least: Tier;
  /** Where the machine stands: 'eu-central'. */
  readonly region: string | null;
  /** What the commands of a workspace may use; what is not said keeps the floor's own limit. */
  readonly limits: Partial<Limits>;
}

/** The floor where nobody says anything of it. */
export const presetFloor: FloorSettings = {
  kind: 'sandbox',
  preset: true,
  image: null,
  engine: null,
  host: null,
  least: 'T2',
  region: null,
  limits: {},
};

/**
 * Commands run with the rights of whoever runs the factory: for code that is his own, and for those who say so.
 *
 * @example
 * const factory = await createFactory({ ...config, floor: unconfined });
 */
export const unconfined: FloorSettings = { ...presetFloor, kind: 'host', preset: false };

/** How far a floor is shut off from its host, by what was proved: T0 not at all, T2 namespaces, T3 a container, T4 another kernel. */
export const tiers = ['T0', 'T1', 'T2', 'T3', 'T4'] as const;
export type Tier = (typeof tiers)[number];

/** Where commands run. A floor opens workspaces; a workspace is one job's tree and processes. */
export interface Floor {
  readonly kind: string;
  /** Looks at the floor once: its tier as proved by canaries, its user, its tools. Throws `no-sandbox`, `floor-unreachable`. */
  probe(): Promise<FloorProbe>;
  /**
   * Makes a sealed base: a checkout, what its setup commands left, a refreshed index; found by its key and made once.
   * Throws `setup-failed` where a setup command fails, `workspace-failed`, `disk-full`; nothing half-made stays.
   */
  prepare(order: BaseOrder): Promise<BaseRef>;
  /**
   * Opens a workspace, empty or as a layer over a base; one of the same name that an earlier life left is removed first.
   * Throws `workspace-failed`, `disk-full`, `no-sandbox`, `floor-unreachable`.
   */
  open(name: string, options?: OpenOptions): Promise<Workspace>;
  /**
   * Opens a workspace that an earlier life left and owns it from now on: what was started in it goes on, and whatever else
   * still runs of that life is ended first. A visitor only looks in, whoever owns it, and destroys nothing. Throws `workspace-failed` where a live process has it and this is no visit.
   */
  attach(ref: WorkspaceRef, options?: { readonly visit?: boolean }): Promise<Attached>;
  /** Everything that stands on the floor, as the floor itself tells. Throws `floor-unreachable`. */
  list(): Promise<readonly WorkspaceView[]>;
  /** Removes workspaces that no live process owns, but for those that are `left`, and bases unused for long. */
  reap(options?: { readonly dryRun?: boolean }): Promise<ReapReport>;
  /** Lets go of connections; workspaces stay. */
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly base?: BaseRef;
  /** What the commands of the workspace may use, all together; the floor's own limits where nothing is said. */
  readonly limits?: Partial<Limits>;
}

/** What became of a workspace that somebody remembers. A floor that does not answer is no proof that it is gone. */
export type Attached =
  | { readonly kind: 'attached'; readonly workspace: Workspace }
  | { readonly kind: 'gone' }
  | { readonly kind: 'unreachable'; readonly why: string };

/** A property of a floor that a canary has shown, or has shown to be missing. */
export interface FloorClaim {
  /** 'fs.read.confined', 'net.devices.none', 'proc.kill.complete', 'limits.memory', … */
  readonly claim: string;
  readonly state: 'proved' | 'refuted' | 'unsupported';
  /** What the canary tried and saw. */
  readonly proof: string;
}

export interface FloorProbe {
  readonly kind: string;
  readonly tier: Tier;
  readonly host: string;
  readonly platform: string;
  /** User that commands run as: 'nobody (65534)'. */
  readonly user: string;
  readonly node: string;
  readonly npm: string;
  /** What builds the wall: 'bubblewrap', 'namespaces', 'docker 20.10.24'; 'none' on the host floor. */
  readonly wall: string;
  /** How limits are held: 'cgroup-v2', 'cgroup-v1', 'rlimits', 'docker'. */
  readonly limits: string;
  /** How a workspace comes out of a base: 'overlay', 'clone', 'copy', 'image'. */
  readonly layers: string;
  /** Digest of the image that commands run in; null where they run on the host's own programs. */
  readonly image: string | null;
  /** Where the host stands, as its owner says; null where nobody said. */
  readonly region: string | null;
  /** Each claim with the canary that showed it; empty on a floor that claims nothing. */
  readonly claims: readonly FloorClaim[];
  /** What a reader of the evidence must know: 'commands run as root', 'no isolation from the host'. */
  readonly caveats: readonly string[];
}

export interface Workspace {
  readonly name: string;
  readonly ref: WorkspaceRef;
  /** Folder of the tree as its commands see it; on no account a path of the factory's host. */
  readonly root: string;
  /** Folder beside root, for what is not part of the tree, as commands see it. Owned by their user. */
  readonly scratch: string;
  readonly files: WorkspaceFiles;
  /** Runs a command to its end. Never throws for what the command does; throws `workspace-failed` for a gone workspace. */
  spawn(command: Command): Promise<ProcessResult>;
  /** Runs a program to talk to over its streams, as for git's wire protocol or a shell. Ends with this process. */
  converse(command: Command): Promise<Conversation>;
  /**
   * Starts a command that lives on without this process, and returns how to find it again once that is on disk.
   * Its output goes to files of the workspace. Throws `workspace-failed`.
   */
  start(command: Command): Promise<ProcessRef>;
  /** Waits for a started command, whoever started it; `gone` where it ended without a trace. */
  attach(process: ProcessRef, options: AttachOptions): Promise<ProcessResult | 'gone'>;
  /** Fills the empty tree with a commit, as a repository of that one commit without remotes. Git runs inside. */
  seed(source: GitSource): Promise<void>;
  /** Hands what the tree has become to the sink, over git's wire protocol. Git runs inside, and never in the tree's own repository. */
  harvest<T>(sink: GitSink<T>): Promise<T>;
  /** Makes a port that a command of the workspace listens on reachable for this process, until closed or destroyed. */
  expose(port: number): Promise<Exposed>;
  usage(): Promise<WorkspaceUsage>;
  /** Ends every process of the workspace and removes its tree. */
  destroy(): Promise<void>;
}

/** Reading and writing below root: bounded, and no path and no link leads out of it. */
export interface WorkspaceFiles {
  /** Text of a file, or null where there is none. */
  read(path: string): Promise<string | null>;
  /** Writes a file, folders included, owned by the floor's user. */
  write(path: string, content: string | Uint8Array): Promise<void>;
  /** Removes a file or folder; nothing happens where there is none. */
  remove(path: string): Promise<void>;
  /** Files and folders below a folder of root, relative to root, posix; not below node_modules or .git unless asked for by name. */
  list(folder: string): Promise<readonly string[]>;
}

export interface Exposed {
  /** Unix socket on this host that answers for the port. */
  readonly socket: string;
  close(): Promise<void>;
}

/** What the commands of a workspace have used so far; null for what this floor does not count. */
export interface WorkspaceUsage {
  readonly cpuMs: number | null;
  readonly memoryPeakBytes: number | null;
  readonly processes: number | null;
  /** What the workspace itself takes of the disk; its base is not counted. */
  readonly diskBytes: number | null;
  /** What its way out refused, each distinct request once. */
  readonly refusals: readonly EgressRefusal[];
}
