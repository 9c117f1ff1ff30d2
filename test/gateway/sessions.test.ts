import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { LiveSetting } from '../../src/core/gateway/config/setting.ts';
import type { SessionNote } from '../../src/core/gateway/prefix/session-note.ts';
import { systemClock } from '../../src/plant/clock/index.ts';
import { http, message, type RawUpstream, rawUpstream } from './raw-upstream.ts';
import { modelAt, serve, type Served } from './served.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

interface House {
  served: Served;
  /** Ends the gateway and starts another one in front of the same providers. */
  restart(): Promise<void>;
  readonly upstreams: readonly [RawUpstream, RawUpstream];
  /** How the first provider answers. */
  first: 'well' | 'fails';
  settings: readonly LiveSetting[];
  /** Milliseconds that have passed since the beginning, beside those that really did. */
  passed: number;
}

/** Two providers of one model, of which the first can be told to fail, and a second model at the second. */
async function house(more: object = {}): Promise<House> {
  const clock = systemClock();
  const own: { first: House['first']; settings: House['settings']; passed: number } = { first: 'well', settings: [], passed: 0 };
  const a = await rawUpstream((socket) => socket.write(own.first === 'well' ? http(200, message) : http(500, '{}')));
  const b = await rawUpstream((socket) => socket.write(http(200, message)));
  open.push(a, b);
  const models = { strong: modelAt(['a/strong', 'b/strong']), cheap: modelAt(['b/cheap']) };
  const start = (): Promise<Served> =>
    serve(
      { a: { base: a.url, protocols: ['messages'] }, b: { base: b.url, protocols: ['messages'] } },
      { models, ...more },
      {
        settings: () => own.settings,
        clock: { ...clock, sleep: async () => undefined, monotonicMs: () => clock.monotonicMs() + own.passed },
      },
    );
  const one: House = Object.assign(own, {
    served: await start(),
    upstreams: [a, b] as const,
    async restart() {
      await one.served.close();
      one.served = await start();
    },
  });
  open.push({ close: () => one.served.close() });
  return one;
}

const task = { role: 'user', content: 'Mend it.' };
const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: '1', content: 'x' }] };

/** Asks, and says who answered, with what the record has of the session. */
async function ask(
  { served }: House,
  messages: readonly object[] = [task],
  more: { readonly headers?: Record<string, string>; readonly body?: object } = {},
): Promise<{ readonly at: string; readonly note: SessionNote }> {
  const body = JSON.stringify({ model: 'coder', max_tokens: 100, messages, ...more.body });
  const before = served.calls.length;
  const response = await fetch(`${served.url}/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': served.token, ...more.headers },
    body,
  });
  expect(await response.text()).toContain('Fine.');
  await expect.poll(() => served.calls.length).toBe(before + 1);
  const call = served.calls.at(-1);
  const note = call?.tries[0]?.session;
  if (call?.by == null || note === undefined) throw new Error('the record says nothing of the session');
  return { at: call.by.at, note };
}

/** A failover of the session of `task` to the second provider; the first is well again afterwards. */
async function failedOver(one: House): Promise<void> {
  one.first = 'fails';
  expect((await ask(one)).at).toBe('b/strong');
  one.first = 'well';
}

describe('a session', () => {
  it('stays where the answer came from after a failover, while new ones go to the first again', async () => {
    const one = await house();
    await failedOver(one);
    const next = await ask(one, [task, { role: 'assistant', content: 'Hm.' }, { role: 'user', content: 'Go on.' }]);
    expect(next).toMatchObject({ at: 'b/strong', note: { pinned: 'b/strong', cached: 50, switched: null, plan: ['strong'] } });
    expect(await ask(one, [{ role: 'user', content: 'Another.' }])).toMatchObject({ at: 'a/strong', note: { pinned: null } });
  });

  it('goes back when its cache is cold, with what that was taken to cost, and not in the middle of an exchange of tools', async () => {
    const one = await house();
    await failedOver(one);
    one.passed += 5 * 60_000;
    expect(await ask(one, [task, result])).toMatchObject({ at: 'b/strong', note: { cached: 0, switched: null } });
    one.passed += 5 * 60_000;
    expect(await ask(one)).toMatchObject({ at: 'a/strong', note: { pinned: 'b/strong', switched: { why: 'pays', takes: 450 } } });
    expect(await ask(one)).toMatchObject({ at: 'a/strong', note: { pinned: 'a/strong', switched: null } });
  });

  it('is asked elsewhere at once where its upstream is left alone, within an exchange of tools too', async () => {
    const one = await house();
    await ask(one);
    one.first = 'fails';
    // Others find out that the first one is ill, until it is left alone.
    for (let at = 0; at < 4; at += 1) await ask(one, [{ role: 'user', content: `Job ${at}.` }]);
    const seen = one.upstreams[0].requests.length;
    expect(await ask(one, [task, result])).toMatchObject({ at: 'b/strong', note: { pinned: 'a/strong', switched: { why: 'rests' } } });
    expect(one.upstreams[0].requests.length).toBe(seen);
  });

  it('follows what an operator swaps, and back', async () => {
    const one = await house();
    await ask(one);
    one.settings = [{ what: { kind: 'swap', slot: 'coder', to: 'cheap' }, until: null, by: 'ada', at: '2026-11-30T12:00:00.000Z' }];
    expect(await ask(one)).toMatchObject({ at: 'b/cheap', note: { pinned: 'a/strong', switched: { why: 'gone' }, plan: ['cheap'] } });
    one.settings = [];
    expect(await ask(one)).toMatchObject({ at: 'a/strong', note: { pinned: 'b/cheap', switched: { why: 'gone' } } });
  });

  it('begins by the plan again in a gateway that was started anew', async () => {
    const one = await house();
    await failedOver(one);
    await one.restart();
    expect(await ask(one)).toMatchObject({ at: 'a/strong', note: { pinned: null } });
  });

  it('whose name is ten thousand bytes long, or is none that HTTP lets through, harms nobody', async () => {
    const one = await house();
    const named = (name: string): Promise<{ readonly note: SessionNote }> =>
      ask(one, [task], { headers: { 'x-claude-code-session-id': name } });
    const long = await named('a'.repeat(10_000));
    expect(long.note.id).toMatch(/^[0-9a-f]{24}$/);
    expect((await named(`${'a'.repeat(9_999)}b`)).note.id).not.toBe(long.note.id);
    expect((await named('a\tb\u00ff')).note.id).toMatch(/^[0-9a-f]{24}$/);
    expect(await rawHeader(one.served, 'session_id: a\u0001b')).toBe(400);
    expect((await ask(one)).at).toBe('a/strong');
  });
});

/** The status of a request with a header that no client of ours would send. */
function rawHeader({ url, token }: Served, header: string): Promise<number> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(`POST /v1/messages HTTP/1.1\r\nhost: x\r\nx-api-key: ${token}\r\n${header}\r\ncontent-length: 2\r\n\r\n{}`);
    });
    socket.once('data', (bytes) => {
      resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(bytes.toString())?.[1]));
      socket.destroy();
    });
    socket.once('error', reject);
  });
}
