import type { Egress, EgressGate, EgressOrder, EgressRefusal, EgressUsage } from '../../../../core/ports/egress.ts';
import { routesName, toldPort } from '../words.ts';
import type { GateEnvironments } from '../words.ts';
import { joinSocket } from '../wire/join-socket.ts';
import type { Session } from '../wire/session.ts';
import { listenAt } from '../wire/sockets.ts';

/** The ways out of workspaces, which the factory serves at the other end of the wire. */
export interface RelayedEgress {
  readonly egress: Egress;
  /** Takes what the factory tells of a gate. */
  heard(name: string, told: unknown): void;
}

/** What is known here of a gate that the factory has. */
interface Known {
  readonly refused: EgressOrder['refused'];
  usage: EgressUsage;
}

/**
 * Listens where a workspace expects its way out, and has each connection answered by the factory: no address, no key and
 * no credential comes to this machine.
 */
export function relayedEgress(session: () => Session): RelayedEgress {
  const gates = new Map<number, Known>();
  let last = 0;
  return {
    heard(name, told) {
      const { gate, refusal, usage } = told as { readonly gate: number; readonly refusal?: EgressRefusal; readonly usage?: EgressUsage };
      const known = gates.get(gate);
      if (name === 'egress.refused' && refusal !== undefined) known?.refused(refusal);
      if (name === 'egress.usage' && usage !== undefined && known !== undefined) known.usage = usage;
    },
    egress: {
      async serve(order) {
        const gate = (last += 1);
        const known: Known = { refused: order.refused, usage: { requests: 0, refused: 0, bytesIn: 0, bytesOut: 0 } };
        gates.set(gate, known);
        return relayedGate(session(), { gate, order, known }).catch((error: unknown) => {
          gates.delete(gate);
          throw error;
        });
      },
    },
  };
}

interface Relaying {
  readonly gate: number;
  readonly order: EgressOrder;
  readonly known: Known;
}

async function relayedGate(
  session: Session,
  { gate, order: { socket, user, refused: _toldHere, ...order }, known }: Relaying,
): Promise<EgressGate> {
  const { value } = await session.call('egress.serve', { gate, order }).answer;
  const environments = value as GateEnvironments; // as the factory's side of this wire tells it
  let routes = routesName(order.routes);
  const closeThere = async (): Promise<void> => {
    const { value: usage } = await session.call('egress.close', { gate }).answer;
    known.usage = usage as EgressUsage;
  };
  let closed: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    await listening.close();
    // Where the wire is broken the factory has closed its end.
    await closeThere().catch(() => undefined);
  };
  const listening = await listenAt(socket, {
    user,
    connected: (near) => void joinSocket(near, session.call('egress.connect', { gate }).channel),
  }).catch(async (error: unknown) => {
    await closeThere();
    throw error;
  });
  return {
    allow(now) {
      routes = routesName(now);
      // Said before anything that is asked for from now on.
      session.note('egress.allow', { gate, routes: now });
    },
    environment: (port) => atPort(environments[routes] ?? {}, port),
    usage: () => known.usage,
    close: () => (closed ??= close()),
  };
}

/** What was told for one port, for another. */
function atPort(environment: Readonly<Record<string, string>>, port: number): Readonly<Record<string, string>> {
  const entries = Object.entries(environment);
  return Object.fromEntries(entries.map(([name, value]) => [name, value.replaceAll(`127.0.0.1:${toldPort}`, `127.0.0.1:${port}`)]));
}
