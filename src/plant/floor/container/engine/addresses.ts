import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { engineSocket, namedEngine, usualEngines } from '../../engine-places.ts';
import { JidokaError } from '../../../../core/base/error.ts';
import type { HostEnvironment } from '../../environment.ts';

/** One way to an engine. */
export interface Address {
  /** 'unix:///run/podman/podman.sock', 'tcp://10.0.0.7:2376'. */
  readonly where: string;
  /** Tells it from engines of other machines. */
  readonly host: string;
  readonly socket: string | null;
  /** What the client is told. */
  readonly client: ClientAddress;
}

export type ClientAddress =
  | { readonly socketPath: string }
  | {
      readonly protocol: 'http' | 'https';
      readonly host: string;
      readonly port: number;
      readonly ca?: Buffer;
      readonly cert?: Buffer;
      readonly key?: Buffer;
    };

/** The address that was named, by the owner or by his environment; null where nobody named one. */
export async function namedAddress(named: string | null, env: HostEnvironment): Promise<Address | null> {
  const text = named ?? namedEngine(env);
  return text === null ? null : parse(text, env);
}

/** Where engines listen on this machine when nobody says otherwise, in the order to try them. */
export function usualAddresses(env: HostEnvironment): readonly Address[] {
  return usualEngines(env).map(ofSocket);
}

function given(env: HostEnvironment, name: string): string | null {
  const value = env[name];
  return value === undefined || value === '' ? null : value;
}

async function parse(text: string, env: HostEnvironment): Promise<Address> {
  const socket = engineSocket(text);
  if (socket !== null) return ofSocket(socket);
  const [, scheme, host, port] = /^(tcp|https?):\/\/(\[[^\]]+\]|[^:/]+)(?::(\d+))?\/?$/.exec(text) ?? [];
  if (scheme === undefined || host === undefined) throw unknown(text);
  const trust = scheme === 'https' || given(env, 'DOCKER_TLS_VERIFY') !== null ? await trustOf(env) : null;
  const number = Number(port ?? (trust === null ? 2375 : 2376));
  const where = `tcp://${host}:${number}`;
  const client = {
    host: host.replaceAll(/[[\]]/g, ''),
    port: number,
    protocol: trust === null ? ('http' as const) : ('https' as const),
    ...trust,
  };
  return { where, host: where, socket: null, client };
}

function ofSocket(path: string): Address {
  return { where: `unix://${path}`, host: `${hostname()}:${path}`, socket: path, client: { socketPath: path } };
}

/** Certificates as the engine's own tools find them; none where the system's are enough. */
async function trustOf(env: HostEnvironment): Promise<{ readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer }> {
  const folder = given(env, 'DOCKER_CERT_PATH') ?? join(given(env, 'HOME') ?? '/', '.docker');
  const read = (name: string): Promise<Buffer | null> => readFile(join(folder, `${name}.pem`)).catch(() => null);
  const [ca, cert, key] = await Promise.all([read('ca'), read('cert'), read('key')]);
  return { ...(ca === null ? {} : { ca }), ...(cert === null ? {} : { cert }), ...(key === null ? {} : { key }) };
}

function unknown(text: string): JidokaError {
  const mend = text.startsWith('ssh:')
    ? 'Use the ssh floor for that machine, or bring its socket here: `ssh -nNT -L /tmp/engine.sock:/var/run/docker.sock HOST`, and name unix:///tmp/engine.sock.'
    : 'Name a socket (unix:///var/run/docker.sock) or an address (tcp://127.0.0.1:2375); DOCKER_HOST is read where nothing is named.';
  return new JidokaError('usage', `The container engine ${JSON.stringify(text)} cannot be spoken to.`, { mend });
}
