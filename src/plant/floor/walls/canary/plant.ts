import { randomUUID } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import type { Start } from '../../spawn/spawn.ts';
import type { CanaryOrder } from '../canary-program.ts';

/** What is on the host for the canary to reach. */
export interface Planted {
  readonly order: CanaryOrder;
  /** What reached the host so far, its servers and its folders. */
  reached(): readonly string[];
  remove(): Promise<void>;
}

/** Plants a home, folders, servers and marks that everybody of the host can reach, unless a wall is between. */
export async function plant(folder: string, user: Start['user']): Promise<Planted> {
  const root = await mkdtemp(join(folder, '.canary-'));
  const servers: { close(): unknown }[] = [];
  const reached: string[] = [];
  const remove = async (): Promise<void> => {
    for (const server of servers) server.close();
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const folders = await plantFolders(root, user);
    const tcp = createServer((socket) => socket.on('error', () => undefined).end());
    servers.push(tcp);
    tcp.on('connection', () => reached.push('TCP on 127.0.0.1'));
    const tcpPort = await listen(tcp, { host: '127.0.0.1', port: 0 });
    const udp = createSocket('udp4');
    servers.push(udp);
    udp.on('message', () => reached.push('UDP on 127.0.0.1'));
    udp.bind(0, '127.0.0.1');
    await once(udp, 'listening');
    const port = { tcp: tcpPort, udp: udp.address().port };
    const file = join(root, 's');
    // A name that is too long for a socket cannot be connected to either.
    const sockets = [...(Buffer.byteLength(file) > 107 ? [] : [file]), `\0jidoka-canary-${randomUUID()}`];
    for (const path of sockets) {
      const server = createServer((socket) => socket.on('error', () => undefined).end());
      servers.push(server);
      await listen(server, { path, ...(path === file ? { readableAll: true, writableAll: true } : {}) });
    }
    const marks = { secret: halves(), neighbour: halves(), daemon: halves() };
    return { order: { ...folders, ...marks, port, sockets }, reached: () => [...reached, ...written(folders)], remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function plantFolders(root: string, user: Start['user']): Promise<Pick<CanaryOrder, 'planted' | 'outside' | 'inside' | 'readable'>> {
  await chmod(root, 0o755);
  const at = (name: string): string => join(root, name);
  const [home, outside, readable, inside] = [at('home'), at('outside'), at('readable'), at('inside')] as const;
  for (const path of [home, outside, readable, inside]) await mkdir(path);
  // Whatever the mask of the factory: these are open to everybody.
  for (const path of [outside, readable]) await chmod(path, 0o777);
  await chmod(home, 0o755);
  const planted = join(home, 'id_canary');
  await writeFile(planted, 'a key', { mode: 0o644 });
  await chmod(planted, 0o644);
  if (user !== null) await chown(inside, user.uid, user.gid);
  return { planted, outside, readable, inside };
}

function written({ outside, readable }: Pick<CanaryOrder, 'outside' | 'readable'>): readonly string[] {
  return [outside, readable].filter((folder) => readdirSync(folder).length > 0);
}

async function listen(server: Server, where: Parameters<Server['listen']>[0]): Promise<number> {
  server.listen(where);
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? (address satisfies AddressInfo).port : 0;
}

/** Something that is found nowhere until it is put together. */
function halves(): readonly [string, string] {
  return [randomUUID(), randomUUID()];
}
