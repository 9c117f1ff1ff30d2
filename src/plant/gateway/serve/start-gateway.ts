import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { JidokaError } from '../../../core/base/error.ts';
import type { GatewayConfig } from '../../../core/gateway/config/gateway-config.ts';
import { type InForce, type LiveSetting, withSettings } from '../../../core/gateway/config/setting.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { CallRecorder } from '../../../core/ports/gateway/call-recorder.ts';
import type { ModelBudgets } from '../../../core/ports/gateway/model-budgets.ts';
import type { UpstreamHealth } from '../../../core/ports/gateway/upstream-health.ts';
import type { VirtualKeys } from '../../../core/ports/gateway/virtual-keys.ts';
import { sessionTable } from '../sessions/session-table.ts';
import { aloneWith } from '../upstream/alone.ts';
import { BodyScanner } from '../body/body-scanner.ts';
import { AddressBook } from '../upstream/address-book.ts';
import { OpenCalls } from '../record/open-calls.ts';
import { Connections } from '../upstream/connections.ts';
import { wayReader } from '../upstream/candidates.ts';
import { healthBoard } from '../upstream/health-board.ts';
import type { ProviderKey } from '../upstream/provider-keys.ts';
import { type Deadlines, usualDeadlines } from './deadlines.ts';
import type { Gateway } from './gateway.ts';
import { handle } from './handle.ts';

export interface GatewayOptions {
  readonly config: GatewayConfig;
  /** What operators set on top of it, as it is now; the same list while nothing changed. */
  readonly settings?: () => readonly LiveSetting[];
  readonly keys: ReadonlyMap<string, ProviderKey>;
  /** Chances of a right result by public figures, by model; of models that are left out nobody knows. */
  readonly chances?: ReadonlyMap<string, number>;
  readonly virtualKeys: VirtualKeys;
  readonly budgets: ModelBudgets;
  /** What gateways tell each other of upstreams; without it, this one tells nobody. */
  readonly health?: UpstreamHealth;
  readonly recorder: CallRecorder | null;
  /** Port of 127.0.0.1, 0 for a free one; or a socket of this machine. */
  readonly listen: { readonly port: number } | { readonly socket: string };
  readonly deadlines?: Partial<Deadlines>;
  readonly clock: Clock;
  /** Told of a fault of the gateway's own. */
  readonly fault: (error: unknown) => void;
}

/** A gateway that listens. */
export interface RunningGateway {
  /** Base of every API: `http://127.0.0.1:7411`; of a socket, its path. */
  readonly url: string;
  /** Lets go of everybody, and returns when the record is kept. */
  close(): Promise<void>;
}

/** So often it is looked which calls last. */
const noteEveryMs = 500;

/**
 * Starts a model gateway. It listens on this machine alone: who may ask from elsewhere is somebody else's to decide. Throws `port-taken`.
 *
 * @example
 * const { url, close } = await startGateway({ config, keys, virtualKeys, budgets, recorder: null, listen: { port: 0 }, clock, fault });
 */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const { listen, recorder, clock } = options;
  const today = (): number => clock.epochMs();
  const deadlines = { ...usualDeadlines, ...options.deadlines };
  const agents = { connections: new Connections(deadlines), addresses: new AddressBook() };
  const inForce = inForceOf(options);
  const gateway: Gateway = {
    ...options,
    chances: options.chances ?? new Map(),
    inForce,
    waysFor: wayReader(inForce, options.keys),
    board: healthBoard(options.config, () => clock.monotonicMs(), options.health ?? aloneWith(today)),
    sessions: sessionTable(() => clock.monotonicMs()),
    agents,
    open: new OpenCalls(),
    bodies: new BodyScanner(),
    deadlines,
    today,
    chance: Math.random,
    world: { newId: () => randomUUID().replaceAll('-', ''), now: () => Math.floor(today() / 1000) },
  };
  const answering = new Set<Promise<void>>();
  const noting = recorder === null ? undefined : setInterval(() => gateway.open.look(clock.monotonicMs()), noteEveryMs).unref();
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    const work = handle(gateway, request, response).catch((error: unknown) => {
      // It ends the call and not the gateway; the caller asks again.
      options.fault(error);
      response.destroy();
    });
    answering.add(work);
    void work.finally(() => answering.delete(work));
  });
  // Some clients try a socket of the web first: told at once, they do without.
  server.on('upgrade', (_, socket) => socket.end('HTTP/1.1 426 Upgrade Required\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'));
  await listening(server, listen);
  return {
    url: 'socket' in listen ? listen.socket : `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // it listens on a port
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      await Promise.all(answering);
      clearInterval(noting);
      agents.connections.close();
      await recorder?.close();
    },
  };
}

/** Put together anew only where something was set or lifted. */
function inForceOf({ config, settings = () => none }: GatewayOptions): () => InForce {
  let last = settings();
  let inForce = withSettings(config, last);
  return () => {
    const now = settings();
    if (now !== last) inForce = withSettings(config, (last = now));
    return inForce;
  };
}

const none: readonly LiveSetting[] = Object.freeze([]);

async function listening(server: Server, listen: GatewayOptions['listen']): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(listen, error)));
    if ('socket' in listen) server.listen(listen.socket, resolve);
    else server.listen(listen.port, '127.0.0.1', resolve);
  });
}

function cannotListen(listen: GatewayOptions['listen'], error: NodeJS.ErrnoException): Error {
  if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') return error;
  const where = 'socket' in listen ? `The socket ${listen.socket}` : `Port ${listen.port} of 127.0.0.1`;
  const mend = 'Name another one, or end what listens there.';
  return new JidokaError('port-taken', `${where} cannot be had: ${error.code}.`, { mend, cause: error });
}
