import type { EventBody } from '../../core/evidence/event.ts';
import type { Actor } from '../../core/gate/answer.ts';
import { personOnly } from '../../core/gate/person-only.ts';
import { JidokaError } from '../../core/base/error.ts';
import type { AgentStore } from '../../core/ports/stations/agents.ts';
import type { Logins } from '../../core/ports/stations/logins.ts';
import type { AgentDesk, AgentView } from '../../core/ports/factory.ts';
import { factoryChain } from '../../core/ports/ledger.ts';
import { newEvents, noteSeen, type RunNeeds } from '../run/index.ts';
import { whereOnFloor } from './where-on-floor.ts';

export type AgentNeeds = Pick<RunNeeds, 'engine' | 'ledger' | 'clock' | 'floor'> & {
  readonly agents: AgentStore;
  readonly logins: Logins;
};

/**
 * What people see and do of agents; what changes stands in the factory's own chain, with who did it.
 *
 * @example
 * await agentDesk(async () => needs).add({ spec: 'codex@0.169.0', say: console.error }, actor);
 */
export function agentDesk(open: () => Promise<AgentNeeds>): AgentDesk {
  return {
    add: async (order, actor) => {
      personOnly(actor, 'install an agent');
      const needs = await open();
      const added = await needs.agents.add(order);
      const { agent, version, package: name, integrity } = added.agent;
      const body = { type: 'station.added', agent, version, package: name, integrity, by: actor.name } as const;
      // By when it was installed: whoever died before this line makes up for it when he gives the command again.
      await record([[`station.added/${agent}@${version}/${added.agent.at}`, body]], actor, needs);
      await noteSeen(await needs.agents.find(agent), needs);
      return added;
    },
    remove: async (spec, actor) => {
      personOnly(actor, 'remove an agent');
      const needs = await open();
      const gone = await needs.agents.remove(spec);
      const events = gone.map(({ agent, version, at }) => {
        const body = { type: 'station.removed', agent, version, by: actor.name } as const;
        return [`station.removed/${agent}@${version}/${at}`, body] as const;
      });
      await record(events, actor, needs);
      return gone;
    },
    login: async (agent, wish, actor) => {
      personOnly(actor, 'say which logins stations may use');
      const needs = await open();
      const { agents, logins } = needs;
      if (!agents.known.some(({ name }) => name === agent)) throw unknown(agent);
      const before = await logins.look(agent);
      const allowed = wish === 'allow';
      if (wish === 'look' || before.allowed === allowed) return before;
      if (allowed) await logins.allow(agent);
      else await logins.forbid(agent);
      const use = { ...before, allowed };
      const at = needs.clock.now();
      const body = { type: 'station.login', agent, allowed, to: use.kind === 'fit' ? use.to : null, by: actor.name } as const;
      await record([[`station.login/${agent}/${at}`, body]], actor, needs);
      return use;
    },
    survey: async () => await survey(await open()),
  };
}

function unknown(agent: string): JidokaError {
  return new JidokaError('agent-unknown', `There is no agent "${agent}".`, { mend: 'See which there are: jidoka station list' });
}

async function record(
  events: readonly (readonly [key: string, body: EventBody])[],
  actor: Actor,
  { ledger, clock }: AgentNeeds,
): Promise<void> {
  await ledger.append(factoryChain, newEvents(events, clock.now(), actor.name));
}

async function survey(needs: AgentNeeds): Promise<readonly AgentView[]> {
  const { agents, logins } = needs;
  const installed = await agents.list();
  const looked = await Promise.all(
    agents.known.map(async (known) => {
      const [found, login, use] = await Promise.all([agents.find(known.name), agents.login(known.name), logins.look(known.name)]);
      return { ...known, installed: installed.filter(({ agent }) => agent === known.name), found, login, use };
    }),
  );
  // One after another: they all append to one chain.
  for (const { found } of looked) await noteSeen(found, needs);
  const where = await whereOnFloor(looked, needs.floor);
  return looked.map((view) => ({ ...view, onFloor: where.get(view.name) ?? null }));
}
