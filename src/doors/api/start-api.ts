import { createServer, type Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { JidokaError } from '../../core/base/error.ts';
import type { Factory } from '../../core/ports/factory.ts';
import { makeApp } from './app.ts';
import { bearers } from './bearers.ts';
import { connectionsOf, type Connections } from './connections.ts';
import { guard } from './guard.ts';
import { streams } from './streams.ts';

export interface ApiSetting {
  readonly factory: Factory;
  /** 127.0.0.1 unless told otherwise. */
  readonly host?: string;
  /** 0 takes any that is free. */
  readonly port: number;
  readonly version: string;
  readonly access: {
    /** 32 random bytes as base64url; whoever has it is the local person, who may do everything. */
    readonly localToken: string;
    /** Names, beside the address it is bound to, by which it may be asked: that of a proxy before it, for instance. */
    readonly hosts?: readonly string[];
  };
  log(line: string): void;
}

export interface Api {
  readonly url: string;
  readonly port: number;
  /** Ends the streams, lets requests under way end for two seconds, and gives the port free. */
  close(): Promise<void>;
}

/**
 * Opens the factory to HTTP. Throws `port-taken`, and `usage` for an address that is not this machine's.
 *
 * @example
 * const api = await startApi({ factory, port: 0, version, access: { localToken }, log });
 * await fetch(`${api.url}/v1/health`);
 */
export async function startApi(setting: ApiSetting): Promise<Api> {
  const { factory, version, access, log, host = '127.0.0.1' } = setting;
  const open = streams((error) => log(`a stream ended: ${error instanceof Error ? error.message : String(error)}`));
  const app = makeApp({
    factory,
    version,
    log,
    bearers: bearers(factory.credentials, access.localToken),
    guard: guard(host, access.hosts ?? []),
    streams: open,
  });
  // A client that vanished without a word is noticed by the kernel.
  const serverOptions = { keepAlive: true, keepAliveInitialDelay: 30_000 };
  const options = { fetch: app.fetch, createServer, serverOptions, overrideGlobalObjects: false };
  const server = createAdaptorServer(options) as Server; // made by createServer, so it is one of HTTP/1
  const connections = connectionsOf(server);
  const port = await listen(server, host, setting.port);
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`, port, close: () => close(server, connections, open.stop) };
}

const graceMs = 2000;

async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)));
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

function listenError(cause: NodeJS.ErrnoException, host: string, port: number): JidokaError {
  if (cause.code === 'EADDRINUSE')
    return new JidokaError('port-taken', `Another program listens on port ${port} of ${host}.`, {
      mend: 'Take any free one with --port 0, or another with --port N.',
      cause,
    });
  return new JidokaError('usage', `Nothing can listen on port ${port} of ${host}: ${cause.message}.`, {
    mend: 'Give an address of this machine with --host, and a port from 1024 on with --port.',
    cause,
  });
}

async function close(server: Server, connections: Connections, stopStreams: () => void): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  stopStreams();
  // They fall idle one by one, as the last answers end.
  const sweep = setInterval(connections.endIdle, 20);
  const cut = setTimeout(connections.endAll, graceMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}
