import { mkdtemp, rm } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ScriptedFactory } from '../../../kit/factory/index.ts';
import { sampleEvent } from '../../../kit/ledger/index.ts';
import { parseRunId } from '../../core/base/ids.ts';
import type { GateView } from '../../core/ports/factory.ts';
import { apiClient, startApi, type Api, type FollowOptions } from './index.ts';
import { sseMessages, type SseMessage } from './sse-messages.ts';

const localToken = 'l'.repeat(43);
const update = { line: 'deps', repository: '/repos/shop', subject: { kind: 'package', name: 'ms' } };

let folder: string;
let factory: ScriptedFactory;
let api: Api;
const proxies: CuttingProxy[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-client-'));
  factory = new ScriptedFactory({ folder, runsOf: () => [{ run: 'deps-ms', title: 'ms', verdict: 'PR_READY', gate: { stage: 'final' } }] });
  await factory.serve({ name: null, queues: null, labels: [], atOnce: 1 });
  api = await startApi({ factory, port: 0, version: '', access: { localToken }, log: () => {} });
});
afterEach(async () => {
  for (const proxy of proxies.splice(0)) await proxy.close();
  await api.close();
  await rm(folder, { recursive: true, force: true });
});

/** Stands between client and daemon, and cuts each connection once so many bytes have come back. */
class CuttingProxy {
  cuts = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(port: () => number, bytesUntilCut: () => number) {
    this.#server = createServer((client) => {
      const daemon = connect(port(), '127.0.0.1');
      let left = bytesUntilCut();
      for (const socket of [client, daemon]) {
        this.#sockets.add(socket);
        socket.on('error', () => socket.destroy());
        socket.on('close', () => [client, daemon].forEach((either) => either.destroy()));
      }
      client.pipe(daemon);
      daemon.on('data', (bytes) => {
        client.write(bytes.subarray(0, left));
        left -= bytes.length;
        if (left > 0) return;
        this.cuts += 1;
        client.end(() => daemon.destroy());
      });
    });
  }

  static async open(port: () => number, bytesUntilCut: () => number): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(port, bytesUntilCut);
    await new Promise<void>((listening) => proxy.#server.listen(0, '127.0.0.1', listening));
    proxies.push(proxy);
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`; // it listens on a port
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((closed) => this.#server.close(closed));
  }
}

/** Numbers that are the same in every run of this test. */
function lottery(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
}

async function follow(url: string, options: Omit<FollowOptions, 'signal'>, isLast: (told: number) => boolean): Promise<string[]> {
  const seen: string[] = [];
  const { signal } = new AbortController();
  for await (const { event } of apiClient(url, localToken).events({ ...options, signal })) {
    seen.push(`${event.run}/${event.runSeq}`);
    if (isLast(seen.length)) break;
  }
  return seen;
}

/** Many writers at once, each with its own run, in an order that only the ledger knows. */
async function writeMuch(writers: number, each: number): Promise<void> {
  const pick = lottery(7);
  const write = async (run: string): Promise<void> => {
    for (let at = 0; at < each; at += 1) {
      await factory.ledger.append(parseRunId(run), [sampleEvent(String(at), ['x'.repeat(pick(2000))])]);
      for (let turns = pick(4); turns > 0; turns -= 1) await turn();
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, at) => write(`run-${at}`)));
}

describe('following along', () => {
  it('every event comes once and in order, to clients that are cut off at random places while many write', async () => {
    const [writers, each] = [20, 60];
    const pick = lottery(42);
    const clients = await Promise.all(
      Array.from({ length: 3 }, async () => {
        let connections = 0;
        // The first connection gets as far as its first message.
        const proxy = await CuttingProxy.open(
          () => api.port,
          () => (connections++ === 0 ? 2000 : 1) + pick(90_000),
        );
        return { proxy, seen: follow(proxy.url, { from: 'start' }, (told) => told === writers * each) };
      }),
    );
    const one = follow(api.url, { from: 'start', run: 'run-3' }, (told) => told === each);
    await writeMuch(writers, each);
    const written = factory.ledger.log.map(({ run, runSeq }) => `${run}/${runSeq}`);
    for (const { proxy, seen } of clients) {
      expect(await seen).toEqual(written);
      expect(proxy.cuts).toBeGreaterThan(5);
    }
    expect(await one).toEqual(written.filter((event) => event.startsWith('run-3/')));
  });

  it('goes on when the daemon was started anew', async () => {
    const proxy = await CuttingProxy.open(
      () => api.port,
      () => Infinity,
    );
    const following = follow(proxy.url, { from: 'start' }, (told) => told === 4);
    await writeMuch(1, 2);
    await api.close();
    await factory.ledger.append(parseRunId('run-0'), [sampleEvent('while away')]);
    api = await startApi({ factory, port: 0, version: '', access: { localToken }, log: () => {} });
    await factory.ledger.append(parseRunId('run-0'), [sampleEvent('after')]);
    expect(await following).toEqual(['run-0/1', 'run-0/2', 'run-0/3', 'run-0/4']);
  });

  it('goes on behind a cursor that was kept', async () => {
    await writeMuch(1, 5);
    expect(await follow(api.url, { after: '3' }, (told) => told === 2)).toEqual(['run-0/4', 'run-0/5']);
  });

  it('ends when it is told to, whether it reads, waits for the daemon or has not begun', async () => {
    await writeMuch(1, 1);
    for (const stopAfter of [0, 1]) {
      const stop = new AbortController();
      const seen: string[] = [];
      if (stopAfter === 0) stop.abort();
      for await (const { cursor } of apiClient(api.url, localToken).events({ from: 'start', signal: stop.signal })) {
        seen.push(cursor);
        stop.abort();
      }
      expect(seen).toHaveLength(stopAfter);
    }
    const stop = new AbortController();
    const events = apiClient(api.url, localToken).events({ from: 'start', signal: stop.signal });
    await events.next();
    await api.close();
    const ended = events.next();
    stop.abort();
    expect((await ended).done).toBe(true);
  });

  it('is refused at once with a wrong token, a wrong cursor, or where nobody answers', async () => {
    const { signal } = new AbortController();
    const first = (url: string, token: string, after: string): Promise<unknown> => apiClient(url, token).events({ after, signal }).next();
    await expect(first(api.url, 'x'.repeat(43), '0')).rejects.toMatchObject({ code: 'access-refused' });
    await expect(first(api.url, localToken, 'nonsense')).rejects.toMatchObject({ code: 'usage' });
    await api.close();
    await expect(first(api.url, localToken, '0')).rejects.toMatchObject({ code: 'daemon-missing' });
  });

  it('does not take what its reader throws for a broken connection', async () => {
    await writeMuch(1, 2);
    const reading = follow(api.url, { from: 'start' }, () => {
      throw new TypeError('the reader failed');
    });
    await expect(reading).rejects.toThrow('the reader failed');
  });
});

describe('asking', () => {
  it('gets, posts, puts and deletes as the local person', async () => {
    const client = apiClient(api.url, localToken);
    await client.post('/v1/runs', update);
    const { gates } = await client.get<{ gates: GateView[] }>('/v1/gates');
    const answer = { choice: 'approve', digest: gates[0]?.digest };
    expect(await client.post('/v1/gates/deps-ms/final/1/answer', answer)).toMatchObject({ state: 'approved' });
    expect(await client.put('/v1/limits', { key: 'global', atOnce: 1, rate: null })).toMatchObject({ atOnce: 1 });
    expect(await client.delete('/v1/pauses?scope=factory')).toEqual({ removed: false });
  });

  it('throws what the daemon answered, with its mend', async () => {
    const refused = apiClient(api.url, localToken).get('/v1/runs/none');
    await expect(refused).rejects.toMatchObject({ code: 'run-unknown', mend: 'See `jidoka runs`.' });
  });

  it('says what it is where no daemon answers, or something else does', async () => {
    const other = createHttpServer((_, response) => response.writeHead(404).end('<html>'));
    await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
    const { port } = other.address() as AddressInfo; // it listens on a port
    const url = `http://127.0.0.1:${port}`;
    await expect(apiClient(url, localToken).get('/v1/runs')).rejects.toThrow('not as a daemon of jidoka does');
    other.closeAllConnections();
    await new Promise((closed) => other.close(closed));
    await expect(apiClient(url, localToken).get('/v1/runs')).rejects.toMatchObject({
      code: 'daemon-missing',
      mend: 'Start one: jidoka up',
    });
  });
});

describe('messages of a stream', () => {
  const text = ': hello\r\nretry: 1000\r\nid: 1\r\n\r\nid:2\ndata:a\ndata: b\n\rid: 3\rdata: \u2028\r\rdata: half';
  const messages = [
    { id: '1', data: '' },
    { id: '2', data: 'a\nb' },
    { id: '3', data: '\u2028' },
  ];

  it.each(Array.from({ length: text.length }, (_, at) => at))('are the same wherever the text is broken: at %i', async (at) => {
    expect(await read([text.slice(0, at), text.slice(at)])).toEqual(messages);
  });

  it('are the same letter by letter', async () => {
    expect(await read([...text])).toEqual(messages);
  });
});

async function read(pieces: readonly string[]): Promise<SseMessage[]> {
  const found: SseMessage[] = [];
  for await (const message of sseMessages(source(pieces))) found.push(message);
  return found;
}

async function* source(pieces: readonly string[]): AsyncGenerator<string> {
  yield* pieces;
}
