/** A command of a workspace. */
export interface Command {
  readonly argv: readonly [string, ...string[]];
  /** Folder below root, '' for root. */
  readonly cwd: string;
  /** Added to the floor's clean environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Ends the command when it has said nothing for so long. */
  readonly stallMs?: number;
  readonly network: Network;
  /** Ports it may listen on that `expose` can reach. */
  readonly ports?: readonly number[];
  readonly signal?: AbortSignal;
  /** Output kept of each stream, in bytes; the middle is cut. Default 8 MiB. */
  readonly maxOutputBytes?: number;
}

/**
 * What a command may reach: `registry` package registries, with the owner's npm settings; `gateway` the model gateway,
 * the job's own refs of the repository and the report desk; `none` nothing, and it gets no credentials.
 */
export type Network = 'none' | 'registry' | 'gateway';

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
  /** It took more than the workspace may have. */
  | { readonly kind: 'limited'; readonly limit: 'memory' | 'disk' | 'processes' | 'cpu'; readonly allowed: number }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'not-started'; readonly message: string };

/** A running program and its streams. */
export interface Conversation {
  /** What it writes to its stdout, as it comes. */
  readonly output: AsyncIterable<Uint8Array>;
  /** Gives it bytes; waits while it does not take them. Bytes for a program that ended are dropped. */
  write(chunk: Uint8Array): Promise<void>;
  /** Ends its input. */
  end(): void;
  /** How it ended; its stdout is '' here. */
  readonly result: Promise<ProcessResult>;
}

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

/** A program of this host that the factory runs as itself: what its owner asked for, never what a repository brings. */
export interface OwnProgram {
  readonly argv: readonly [string, ...string[]];
  /** Absolute. */
  readonly cwd: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Output kept of each stream, in bytes; the middle is cut. Default 8 MiB. */
  readonly maxOutputBytes?: number;
}

/** Runs such a program to its end and leaves nothing of it behind. Never throws for what it does. */
export type RunOwnProgram = (program: OwnProgram) => Promise<ProcessResult>;
