import type { ToolReach } from './role.ts';

/**
 * What keeps an agent to its reach, beside the walls of the floor, which always stand: `tools` it has no others; `asks` it
 * asks before it uses one, and is answered by the role; `sandbox` a sandbox of its own; `nothing` where nothing is kept from it.
 */
export type Hold = 'tools' | 'asks' | 'sandbox' | 'nothing';

/** What one way to drive an agent gives; what it does not give, a line that needs it must not plan with. */
export interface StationCapabilities {
  /** 'codex', 'acp:codex'. */
  readonly driver: string;
  /** `call`: no agent, one question to a model. */
  readonly protocol: 'stream' | 'acp' | 'call';
  /** A program beside the agent's own that speaks for it; null where it speaks itself. */
  readonly adapter: string | null;
  /** It can be asked again in the same session, knowing what was said before: in a new process, or in the one that runs. */
  readonly resume: 'new-process' | 'same-process';
  /** A turn can be ended by asking for it; everywhere else, and where it does not listen, its processes are ended. */
  readonly cancel: boolean;
  /** Tokens by columns; null where it does not tell them, or not so that they can be compared. */
  readonly usage: 'call' | 'turn' | 'session' | null;
  /** It tells what its tokens would cost by a price list of its own. */
  readonly cost: boolean;
  /** Limits that the harness itself holds where a role has them; those of time are always ours. */
  readonly budgets: readonly ('turns' | 'usd')[];
  /** Its answers can be held to a schema by the harness; reports are always held to theirs by the desk. */
  readonly structuredOutput: boolean;
  /** Where it keeps what it is told of its role: in a file of its home, or in the first prompt alone. */
  readonly instructions: 'file' | 'prompt';
  /** How well it tells one error from another: by the status of HTTP, in words, or hardly. */
  readonly errors: 'status' | 'words' | 'hardly';
  readonly holds: Readonly<Record<ToolReach, Hold>>;
  /** What somebody should know who chooses it. */
  readonly caveats: readonly string[];
}
