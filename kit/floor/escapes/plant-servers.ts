import { randomUUID } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';

export interface PlantedServers {
  readonly env: Readonly<Record<string, string>>;
  /** Which of them were talked to since this was asked last. */
  reached(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Servers of TCP, UDP and unix sockets that answer everybody of the host, at all of its addresses. */
export async function plantServers(root: string): Promise<PlantedServers> {
  const reached = new Set<string>();
  const closing: (() => void)[] = [];
  const serve = async (what: string, where: Parameters<Server['listen']>[0]): Promise<Server> => {
    const server = createServer((socket) => {
      reached.add(`${what} was connected to`);
      socket.on('error', () => undefined).end('planted');
    });
    closing.push(() => server.close());
    server.listen(where);
    await once(server, 'listening');
    return server;
  };
  const tcp = await serve('a server of TCP', { host: '::', port: 0 }).catch(() => serve('a server of TCP', { host: '0.0.0.0', port: 0 }));
  const abstract = `jidoka-${randomUUID()}`;
  const everybody = { readableAll: true, writableAll: true };
  await serve('a socket like that of Docker', { path: join(root, 'factory/docker.sock'), ...everybody });
  if (process.platform === 'linux') await serve('a socket that has but a name', { path: `\0${abstract}` });

  const hear = async (kind: 'udp4' | 'udp6', address: string, port: number): Promise<number> => {
    const udp = createSocket(kind);
    closing.push(() => udp.close());
    udp.on('message', (_, from) => {
      reached.add('a datagram arrived');
      udp.send('planted', from.port, from.address);
    });
    udp.bind(port, address);
    await once(udp, 'listening');
    return udp.address().port;
  };
  const udp = await hear('udp4', '0.0.0.0', 0);
  const ipv6 = await hear('udp6', '::1', udp).then(
    () => true,
    () => false,
  );
  return {
    env: { PORT: String(portOf(tcp)), UDP: String(udp), IPV6: ipv6 ? 'yes' : 'no', ABSTRACT: abstract },
    async reached() {
      // What has arrived is told in the next turns of this process.
      for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      const told = [...reached];
      reached.clear();
      return told;
    },
    async close() {
      for (const close of closing) close();
    },
  };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port; // a server of TCP has no other kind of address
}
