import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { join } from 'node:path';
import { JidokaError } from '../../../../core/base/error.ts';
import type { Egress, EgressGate, EgressRefusal } from '../../../../core/ports/egress.ts';
import type { Network } from '../../../../core/ports/process.ts';
import { routesOf } from '../../gates.ts';

/** The ways out of a container, as its commands see them. */
export interface WaysOut {
  /** Opens that of a network for one command, at the port that it was told of before where there is one. Throws `workspace-failed`. */
  open(network: Way, port?: number): Promise<OpenWay>;
  refusals(): readonly EgressRefusal[];
  end(): Promise<void>;
}

/** What a command may reach that may reach something. */
export type Way = Exclude<Network, 'none'>;

export interface OpenWay {
  readonly port: number;
  /** What to tell the command of it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

/** Above those that the kernel gives out by itself, and known to nobody. */
const usualPorts: Readonly<Record<Way, number>> = { registry: 64_873, gateway: 64_874 };

/**
 * Answers a port of the container's own loopback, while a command runs that may reach something, by the gate that the
 * factory keeps for this workspace and network. There is one of each, so that what it counts is counted together.
 */
export function waysOut(egress: Egress, { folder, job }: { readonly folder: string; readonly job: string }): WaysOut {
  const refused: EgressRefusal[] = [];
  const listeners = new Map<number, { users: number; readonly listener: Promise<Listener> }>();
  const gates = new Map<Way, Promise<EgressGate>>();
  const socketOf = (network: Way): string => join(folder, `out-${network}`);
  const gateOf = (network: Way): Promise<EgressGate> => {
    const order = {
      socket: socketOf(network),
      user: null,
      job,
      routes: routesOf[network],
      refused: (refusal: EgressRefusal) => void refused.push(refusal),
    };
    const open = gates.get(network) ?? egress.serve(order);
    gates.set(network, open);
    // One that could not be opened is nothing to close later, and is tried anew.
    open.catch(() => gates.delete(network));
    return open;
  };
  const close = async (wanted: number): Promise<void> => {
    const held = listeners.get(wanted);
    if (held === undefined || (held.users -= 1) > 0) return;
    listeners.delete(wanted);
    await (await held.listener.catch(() => null))?.close();
  };
  return {
    async open(network, wanted = usualPorts[network]) {
      const { environment } = await gateOf(network);
      const held = listeners.get(wanted) ?? { users: 0, listener: listenAt(wanted, socketOf(network)) };
      held.users += 1;
      listeners.set(wanted, held);
      try {
        const { port } = await held.listener;
        return { port, environment: environment(port), close: () => close(wanted) };
      } catch (error) {
        await close(wanted);
        throw error;
      }
    },
    refusals: () => refused,
    async end() {
      const last = [...gates.values()];
      gates.clear();
      for (const held of listeners.values()) await (await held.listener.catch(() => null))?.close();
      listeners.clear();
      for (const gate of last) await (await gate.catch(() => null))?.close();
    },
  };
}

interface Listener {
  readonly port: number;
  readonly close: () => Promise<void>;
}

async function listenAt(wanted: number, socket: string): Promise<Listener> {
  const open = new Set<Socket>();
  const keep = (one: Socket): Socket => {
    open.add(one.once('close', () => open.delete(one)));
    return one;
  };
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = keep(connect({ path: socket, allowHalfOpen: true }));
    keep(near)
      .on('error', () => far.destroy())
      .pipe(far);
    far.on('error', () => near.destroy()).pipe(near);
  });
  // Where a command has taken the usual one, any other does as well.
  const port = await listen(server, wanted).catch(() => listen(server, 0));
  return {
    port,
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const one of open) one.destroy();
      });
    },
  };
}

async function listen(server: Server, wanted: number): Promise<number> {
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(wanted, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo; // of TCP
    return port;
  } catch (cause) {
    throw new JidokaError(
      'workspace-failed',
      `The way out of the container cannot be opened: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        mend: 'Open the workspace anew.',
        cause,
      },
    );
  }
}
