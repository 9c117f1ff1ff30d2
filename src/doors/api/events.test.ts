import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ScriptedFactory } from '../../../kit/factory/index.ts';
import { memoryFeed } from '../../../kit/feed/index.ts';
import { sampleEvent } from '../../../kit/ledger/index.ts';
import { parseRunId } from '../../core/base/ids.ts';
import { JidokaError } from '../../core/base/error.ts';
import type { LedgerEvent } from '../../core/evidence/event.ts';
import type { Feed } from '../../core/ports/feed.ts';
import { eventStream } from './event-stream.ts';
import { startApi, type Api } from './index.ts';
import { sseMessages, type SseMessage } from './sse-messages.ts';

const localToken = 'l'.repeat(43);
const authorization = { Authorization: `Bearer ${localToken}` };

/** A factory whose feed counts what is read of it and who waits. */
class CountingFactory extends ScriptedFactory {
  pages = 0;
  waiting = 0;
  broken: JidokaError | null = null;
  readonly #plain = memoryFeed(this.ledger);
  override readonly feed: Feed = {
    after: (cursor, options) => {
      this.pages += 1;
      return this.broken === null ? this.#plain.after(cursor, options) : Promise.reject(this.broken);
    },
    end: () => this.#plain.end(),
    wait: async (maxMs, signal) => {
      this.waiting += 1;
      await this.#plain.wait(maxMs, signal);
      this.waiting -= 1;
    },
  };

  async append(run: string, count: number, padding = ''): Promise<void> {
    const from = (await this.ledger.read(parseRunId(run))).length;
    const events = Array.from({ length: count }, (_, at) => sampleEvent(`${from + at}`, [padding]));
    await this.ledger.append(parseRunId(run), events);
  }
}

let folder: string;
let factory: CountingFactory;
let api: Api;
const logged: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-sse-'));
  factory = new CountingFactory({ folder, runsOf: () => [] });
  api = await startApi({ factory, port: 0, version: '', access: { localToken }, log: (line) => logged.push(line) });
});
afterEach(async () => {
  await api.close();
  await rm(folder, { recursive: true, force: true });
});

interface Listening {
  readonly response: Response;
  next(): Promise<SseMessage | undefined>;
  /** Messages with data until the count is reached. */
  events(count: number): Promise<LedgerEvent[]>;
  leave(): void;
}

async function listen(query = '', headers: Record<string, string> = {}): Promise<Listening> {
  const leaving = new AbortController();
  const response = await fetch(`${api.url}/v1/events${query}`, { headers: { ...authorization, ...headers }, signal: leaving.signal });
  const messages = sseMessages(texts(response));
  const next = async (): Promise<SseMessage | undefined> => (await messages.next()).value ?? undefined;
  return {
    response,
    next,
    leave: () => leaving.abort(),
    async events(count) {
      const events: LedgerEvent[] = [];
      while (events.length < count) {
        const message = await next();
        if (message === undefined) break;
        if (message.data !== '') events.push(JSON.parse(message.data));
      }
      return events;
    },
  };
}

async function* texts({ body }: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const bytes of body ?? []) yield decoder.decode(bytes, { stream: true });
}

const keys = (events: readonly LedgerEvent[]): readonly string[] => events.map(({ run, key }) => `${run}/${key}`);

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await turn();
}

describe('the stream of events', () => {
  it('is a stream that browsers know how to come back to', async () => {
    const { response, leave } = await listen();
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(response.headers.get('content-encoding')).toBeNull();
    const { value } = (await response.body?.getReader().read()) ?? {};
    expect(new TextDecoder().decode(value)).toBe('retry: 1000\nid: 0\n\n');
    leave();
  });

  it('tells each event with its cursor, its type and one line of JSON', async () => {
    await factory.append('a', 1, 'two\nlines \u2028 and\r more');
    const { response, leave } = await listen('?from=start');
    let text = '';
    for await (const piece of texts(response)) {
      text += piece;
      if (text.includes('data: ')) break;
    }
    leave();
    const [stored] = await factory.ledger.read(parseRunId('a'));
    expect(text).toBe(`retry: 1000\n\nid: 1\nevent: plan.made\ndata: ${JSON.stringify(stored)}\n\n`);
  });

  it('begins now, or at the start, or behind a cursor; the header of a client that comes back wins', async () => {
    await factory.append('a', 3);
    const now = await listen();
    expect(await now.next()).toEqual({ id: '3', data: '' });
    await factory.append('a', 1);
    expect(keys(await now.events(1))).toEqual(['a/3']);
    const places = [await listen('?from=start'), await listen('?after=1'), await listen('?after=1', { 'Last-Event-ID': '2' })];
    const told = await Promise.all(places.map((place, at) => place.events(4 - at)));
    expect(told.map(keys)).toEqual([
      ['a/0', 'a/1', 'a/2', 'a/3'],
      ['a/1', 'a/2', 'a/3'],
      ['a/2', 'a/3'],
    ]);
    for (const place of [now, ...places]) place.leave();
  });

  it('tells the events of one run where asked', async () => {
    const { events, leave } = await listen('?from=start&run=b');
    for (let at = 0; at < 3; at += 1) {
      await factory.append('a', 1);
      await factory.append('b', 1);
    }
    expect(keys(await events(3))).toEqual(['b/0', 'b/1', 'b/2']);
    leave();
  });

  it('who is cut off before the first event goes on from there', async () => {
    const first = await listen();
    const { id } = (await first.next()) ?? {};
    first.leave();
    await factory.append('a', 2);
    const second = await listen('', { 'Last-Event-ID': id ?? '' });
    expect(keys(await second.events(2))).toEqual(['a/0', 'a/1']);
    second.leave();
  });

  it('ends for whoever loses the token, before the next event', async () => {
    const { token } = await factory.credentials.add({ name: 'ana', kind: 'agent', roles: [] });
    const { next, events } = await listen('', { Authorization: `Bearer ${token}` });
    await next();
    await fetch(`${api.url}/v1/credentials?name=ana`, { method: 'DELETE', headers: authorization });
    await factory.append('a', 1);
    expect(await events(1)).toEqual([]);
  });

  it('ends where the feed fails, is logged, and is refused until it works again', async () => {
    const { next, events } = await listen();
    await next();
    factory.broken = new JidokaError('database-unavailable', 'gone', { mend: 'm' });
    await factory.append('a', 1);
    expect(await events(1)).toEqual([]);
    expect(logged.join()).toContain('gone');
    expect((await fetch(`${api.url}/v1/events`, { headers: authorization })).status).toBe(503);
  });
});

describe('a client', () => {
  it('that goes away is forgotten', async () => {
    const listening = await Promise.all(Array.from({ length: 10 }, () => listen()));
    for (const { next } of listening) await next();
    await until(() => factory.waiting === 10);
    for (const { leave } of listening) leave();
    await until(() => factory.waiting === 0);
    expect(factory.waiting).toBe(0);
  });

  it('that asks for the head alone opens no stream', async () => {
    const { status } = await fetch(`${api.url}/v1/events`, { method: 'HEAD', headers: authorization });
    expect(status).toBe(200);
    expect(factory.waiting).toBe(0);
  });

  it('that does not read costs a page, and gets everything when it reads again', async () => {
    const events = 2000;
    await factory.append('a', events, 'x'.repeat(20_000));
    const socket = await connectRaw('/v1/events?from=start');
    socket.pause();
    await standstill(() => factory.pages);
    // What the kernel buffers on both sides is some MB; 40 MB wait.
    expect(factory.pages).toBeLessThan(events / 100 / 2);
    const pieces: string[] = [];
    for await (const bytes of socket) {
      pieces.push(String(bytes));
      if (pieces.slice(-2).join('').includes(`"runSeq":${events},`)) break;
    }
    expect([...pieces.join('').matchAll(/\nid: (\d+)\n/g)].map(([, id]) => Number(id))).toEqual(
      Array.from({ length: events }, (_, at) => at + 1),
    );
  });
});

describe('shutting down', () => {
  it('ends idle streams at once', async () => {
    const listening = await Promise.all(Array.from({ length: 5 }, () => listen()));
    for (const { next } of listening) await next();
    const before = performance.now();
    await api.close();
    expect(performance.now() - before).toBeLessThan(1_800); // what has something left to say gets two seconds
    for (const { next } of listening) expect(await next()).toBeUndefined();
  });

  it('waits for no client that does not read', async () => {
    await factory.append('a', 1500, 'x'.repeat(20_000));
    const socket = await connectRaw('/v1/events?from=start');
    socket.pause();
    await standstill(() => factory.pages);
    const before = performance.now();
    await api.close();
    expect(performance.now() - before).toBeLessThan(20_000);
    socket.destroy();
  });
});

it('a heartbeat comes after 15 seconds of silence, and moves the cursor on', async () => {
  let nowMs = 0;
  const stop = new AbortController();
  const feed: Feed = {
    after: async (cursor) => ({ events: [], cursor: String(Number(cursor) + 1) }),
    end: async () => '0',
    wait: async (maxMs) => void (nowMs += maxMs),
  };
  const stream = eventStream({ feed, cursor: '0', options: { limit: 1 }, signal: stop.signal, nowMs: () => nowMs });
  const told = [await stream.next(), await stream.next()].map(({ value }) => value);
  expect(told).toEqual(['retry: 1000\nid: 0\n\n', expect.stringMatching(/^: heartbeat\nid: [34]\n\n$/)]);
  expect(nowMs).toBeGreaterThanOrEqual(15_000);
  expect(nowMs).toBeLessThanOrEqual(20_000);
  stop.abort();
  expect((await stream.next()).done).toBe(true);
});

async function connectRaw(path: string): Promise<Socket> {
  const socket = connect(api.port, '127.0.0.1');
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${localToken}\r\n\r\n`);
  await new Promise((resolve) => socket.once('readable', resolve));
  return socket;
}

/** Waits until a number that grew stays as it is for a while. */
async function standstill(count: () => number): Promise<void> {
  for (let [last, sinceMs] = [count(), performance.now()]; performance.now() - sinceMs < 300;) {
    await turn();
    if (count() !== last) [last, sinceMs] = [count(), performance.now()];
  }
}
