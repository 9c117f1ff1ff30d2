import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Egress, EgressOrder, EgressRoute } from '../../../../core/ports/egress.ts';
import { guardedEgress } from './guarded-egress.ts';
import { passage } from './passage.ts';

let folder: string;
const orders: EgressOrder[] = [];
const allowed: (readonly EgressRoute[])[] = [];
const servers: Server[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jd-g-'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  orders.length = 0;
  allowed.length = 0;
  await rm(folder, { recursive: true });
});

/** A way out at which somebody says a word to whoever comes. */
const word: Egress = {
  async serve(order) {
    orders.push(order);
    const server = createServer((socket) => socket.end('out'));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(order.socket, resolve));
    return {
      environment: (port) => ({ AT: String(port) }),
      allow: (routes) => void allowed.push(routes),
      usage: () => ({ requests: 0, refused: 0, bytesIn: 0, bytesOut: 0 }),
      close: async () => void server.close(),
    };
  },
};

function orderOf(routes: readonly EgressRoute[], job = 'job'): EgressOrder {
  return { socket: join(folder, routes.join('-')), user: null, job, routes, refused: () => undefined };
}

function heardAt(socket: string): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    const client = connect(socket);
    client.on('data', (chunk) => (heard += String(chunk))).on('error', () => undefined);
    client.once('close', () => resolve(heard));
  });
}

test('nobody passes but while a command runs that may, and by no other network than its own', async () => {
  const way = passage();
  const egress = guardedEgress(word, { job: 'deps/change', passage: way });
  const gates = [await egress.serve(orderOf(['npm'])), await egress.serve(orderOf(['model', 'git', 'report']))];
  const both = (): Promise<readonly string[]> => Promise.all([heardAt(join(folder, 'npm')), heardAt(join(folder, 'model-git-report'))]);
  expect(await both()).toEqual(['', '']);
  const leave = way.enter('registry');
  const leaveToo = way.enter('registry');
  expect(await both()).toEqual(['out', '']);
  leave();
  leave();
  expect(await both()).toEqual(['out', '']);
  leaveToo();
  way.enter('none');
  expect(await both()).toEqual(['', '']);
  for (const gate of gates) await gate.close();
});

test('what a container says of itself does not count: neither whose it is nor what it would like to reach', async () => {
  const egress = guardedEgress(word, { job: 'deps/change', passage: passage() });
  const gate = await egress.serve(orderOf(['npm'], 'of-another'));
  expect(orders.map(({ job }) => job)).toEqual(['deps/change']);
  gate.allow(['npm', 'model', 'git', 'report']);
  expect(allowed).toEqual([['npm']]);
  for (const routes of [['npm', 'model', 'git', 'report'], ['model', 'git'], ['git'], []] as const) {
    await expect(egress.serve(orderOf(routes))).rejects.toMatchObject({ code: 'workspace-failed' });
  }
  expect(orders).toHaveLength(1);
  await gate.close();
});
