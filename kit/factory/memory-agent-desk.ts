import type { Actor } from '../../src/core/gate/answer.ts';
import { personOnly } from '../../src/core/gate/person-only.ts';
import type { AddedAgent, AgentOrder, InstalledAgent } from '../../src/core/ports/stations/agents.ts';
import type { AgentDesk, AgentView, LoginWish } from '../../src/core/ports/factory.ts';
import type { LoginUse } from '../../src/core/ports/stations/logins.ts';
import { memoryAgents, memoryLogins, type MemoryAgents } from '../agents/index.ts';

/** Agents for doors, in a store of this process; what is found is on the floor too, unless a test says otherwise. */
export class MemoryAgentDesk implements AgentDesk {
  readonly store: MemoryAgents;
  readonly logins = memoryLogins();
  /** Agents that commands on the floor do not see. */
  readonly hidden = new Set<string>();

  constructor(now: () => string) {
    this.store = memoryAgents(now);
  }

  async add(order: AgentOrder, actor: Actor): Promise<AddedAgent> {
    personOnly(actor, 'install an agent');
    return await this.store.add(order);
  }

  async remove(spec: string, actor: Actor): Promise<readonly InstalledAgent[]> {
    personOnly(actor, 'remove an agent');
    return await this.store.remove(spec);
  }

  async login(agent: string, wish: LoginWish, actor: Actor): Promise<LoginUse> {
    personOnly(actor, 'say which logins stations may use');
    if (wish === 'allow') return await this.logins.allow(agent);
    if (wish === 'forbid') await this.logins.forbid(agent);
    return await this.logins.look(agent);
  }

  async survey(): Promise<readonly AgentView[]> {
    const installed = await this.store.list();
    return await Promise.all(
      this.store.known.map(async (known): Promise<AgentView> => {
        const [found, login] = [await this.store.find(known.name), await this.store.login(known.name)];
        const use = await this.logins.look(known.name);
        const seen = this.hidden.has(known.name) ? ({ kind: 'missing' } as const) : ({ kind: 'there', path: found?.path ?? '' } as const);
        return { ...known, installed: installed.filter(({ agent }) => agent === known.name), found, login, use, onFloor: found && seen };
      }),
    );
  }
}
