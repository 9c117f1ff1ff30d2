import type { Actor } from '../../gate/answer.ts';
import type { LoginUse } from '../stations/logins.ts';
import type { AddedAgent, AgentLogin, AgentOrder, FoundAgent, InstalledAgent, KnownAgent } from '../stations/agents.ts';

/** What people see and do of the agents that stations drive. What changes stands in the factory's own chain. */
export interface AgentDesk {
  /** Throws what `AgentStore.add` throws, and `access-refused` for an agent. */
  add(order: AgentOrder, actor: Actor): Promise<AddedAgent>;
  remove(spec: string, actor: Actor): Promise<readonly InstalledAgent[]>;
  /**
   * Looks at the owner's login at an agent, lets stations use it, or keeps them from it. Throws `login-unfit` where no request could be
   * made by it, `agent-unknown`, and `access-refused` for an agent.
   */
  login(agent: string, wish: LoginWish, actor: Actor): Promise<LoginUse>;
  /** Every agent that is known, with what is there of it now. A version that was not seen before goes on record. */
  survey(): Promise<readonly AgentView[]>;
}

export type LoginWish = 'look' | 'allow' | 'forbid';

export interface AgentView extends KnownAgent {
  readonly installed: readonly InstalledAgent[];
  /** What stations would use; null where there is none. */
  readonly found: FoundAgent | null;
  readonly login: AgentLogin;
  /** What stations can do with it. */
  readonly use: LoginUse;
  /** Whether a command on the factory's floor can start it; null where it was not found, or nobody can tell. */
  readonly onFloor: AgentOnFloor | null;
}

/** Where commands on the floor find an agent. */
export type AgentOnFloor = { readonly kind: 'there'; readonly path: string } | { readonly kind: 'missing' };
