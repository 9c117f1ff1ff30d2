import { egressRoutes } from '../../../../core/ports/egress.ts';
import type { Egress, EgressGate, EgressOrder, EgressRoute, EgressUsage } from '../../../../core/ports/egress.ts';
import { routesName, toldPort } from '../words.ts';
import type { GateEnvironments } from '../words.ts';
import { joinSocket } from '../wire/join-socket.ts';
import type { Session } from '../wire/session.ts';
import type { Answers } from '../wire/served.ts';
import { connectTo } from '../wire/sockets.ts';
import type { SocketFolder } from './socket-folder.ts';

/** The gates that the factory opened for workspaces of one session. */
export interface Gates {
  /** What the runner may ask of them. */
  readonly answers: Answers;
  /** Takes what the runner tells of a gate. */
  heard(name: string, told: unknown): void;
  closeAll(): Promise<void>;
}

interface OpenGate {
  readonly gate: EgressGate;
  readonly socket: string;
}

interface Asking {
  readonly gate: number;
  /** What the runner's floor says of the workspace; where its socket is and who may connect is the runner's matter. */
  readonly order: Omit<EgressOrder, 'socket' | 'user' | 'refused'>;
}

/** Serves each gate at a socket of this machine that nobody but this process may connect to, and lets the runner through. */
export function gatesFor(egress: Egress, sockets: SocketFolder, session: () => Session): Gates {
  const gates = new Map<number, Promise<OpenGate>>();
  const openGate = async ({ gate: number, order }: Asking): Promise<OpenGate> => {
    const socket = await sockets.next();
    const refused: EgressOrder['refused'] = (refusal) => session().note('egress.refused', { gate: number, refusal });
    return { socket, gate: await egress.serve({ ...order, socket, user: null, refused }) };
  };
  const close = async (number: number): Promise<EgressGate | null> => {
    const open = gates.get(number);
    gates.delete(number);
    const gate = (await open)?.gate ?? null;
    await gate?.close();
    return gate;
  };
  return {
    answers: {
      async 'egress.serve'({ value }) {
        const asking = value as Asking;
        const opening = openGate(asking);
        gates.set(asking.gate, opening);
        opening.catch(() => gates.delete(asking.gate));
        return { value: environmentsOf((await opening).gate, asking.order.routes) };
      },
      async 'egress.connect'({ value, channel }) {
        const { gate: number } = value as Asking;
        const open = await gates.get(number);
        if (open === undefined) return;
        const tell = tellingUsage(open.gate, (usage) => session().note('egress.usage', { gate: number, usage }));
        // What is answered is counted by then, for whoever asks over there.
        const write: typeof channel.write = (chunk) => {
          tell();
          return channel.write(chunk);
        };
        await joinSocket(await connectTo(open.socket), { ...channel, write });
        tell();
      },
      'egress.close': async ({ value }) => ({ value: (await close((value as Asking).gate))?.usage() ?? null }),
    },
    heard(name, told) {
      const { gate, routes } = told as { readonly gate: number; readonly routes: readonly EgressRoute[] };
      // What could not be opened has nothing to allow.
      if (name === 'egress.allow')
        void gates
          .get(gate)
          ?.then((open) => open.gate.allow(routes))
          .catch(() => undefined);
    },
    async closeAll() {
      for (const number of gates.keys()) await close(number).catch(() => undefined);
    },
  };
}

/** Tells what went through a gate, where that has changed. */
function tellingUsage(gate: EgressGate, tell: (usage: EgressUsage) => void): () => void {
  let told = '';
  return () => {
    const usage = gate.usage();
    const now = `${usage.requests} ${usage.refused}`;
    if (now !== told) tell(usage);
    told = now;
  };
}

/** The environment for each choice of routes: whoever allows others over there is told at once. Nobody is let in yet. */
function environmentsOf(gate: EgressGate, now: readonly EgressRoute[]): GateEnvironments {
  const environments = choices(egressRoutes).map((routes) => {
    gate.allow(routes);
    return [routesName(routes), gate.environment(toldPort)] as const;
  });
  gate.allow(now);
  return Object.fromEntries(environments);
}

function choices<T>([first, ...others]: readonly T[]): readonly (readonly T[])[] {
  if (first === undefined) return [[]];
  return choices(others).flatMap((choice) => [choice, [first, ...choice]]);
}
