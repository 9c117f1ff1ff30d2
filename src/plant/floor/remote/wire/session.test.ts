import { describe, expect, onTestFinished, test } from 'vitest';
import { saidWire, wirePair } from '../../../../../test/remote/wire-pair.ts';
import { JidokaError } from '../../../../core/base/error.ts';
import { frameBytes, frameKinds, mostPayload } from './frames.ts';
import { messageBytes } from './message.ts';
import { openSession, protocol } from './session.ts';
import type { Session, SessionOptions } from './session.ts';
import type { Answers } from './served.ts';

interface Pair {
  readonly factory: Session;
  readonly runner: Session;
}

/** Two sides of one wire; the factory's answers are in `ours`, the runner's in `theirs`. */
function pair({ ours = {}, theirs = {}, more = {} }: { ours?: Answers; theirs?: Answers; more?: Partial<SessionOptions> }): Pair {
  const [near, far] = wirePair();
  const fault = (why: string): Error => new Error(`broken: ${why}`);
  const factory = openSession(near, { side: 'factory', answers: ours, heard: () => undefined, fault, ...more });
  const runner = openSession(far, { side: 'runner', answers: theirs, heard: () => undefined, fault, ...more });
  onTestFinished(async () => {
    factory.drop('the test is over');
    runner.drop('the test is over');
    await Promise.all([factory.ended, runner.ended]);
  });
  return { factory, runner };
}

const greeting = frameBytes({ kind: frameKinds.hello, id: 0, payload: Buffer.from(JSON.stringify(protocol)) });

describe('two sides of a wire', () => {
  test('both call each other, many at once, and each answer finds its call', async () => {
    const echo: Answers = { echo: async ({ value, blobs }) => ({ value, blobs }) };
    const { factory, runner } = pair({ ours: echo, theirs: echo });
    const asked = Array.from({ length: 50 }, (_, index) => index);
    const answers = await Promise.all(
      asked.flatMap((index) => [factory, runner].map(async (side, which) => (await side.call('echo', { index, which }).answer).value)),
    );
    expect(answers).toEqual(asked.flatMap((index) => [0, 1].map((which) => ({ index, which }))));
  });

  test('a fault is thrown as it was thrown there, and any other error with its text', async () => {
    const { factory } = pair({
      theirs: {
        fault: async () => {
          throw new JidokaError('setup-failed', 'it failed', { mend: 'mend it', data: { exit: { kind: 'exited', code: 3 } } });
        },
        error: async () => {
          throw new TypeError('no such thing');
        },
      },
    });
    const told = { code: 'setup-failed', message: 'it failed', mend: 'mend it', data: { exit: { kind: 'exited', code: 3 } } };
    await expect(factory.call('fault', null).answer).rejects.toMatchObject(told);
    await expect(factory.call('error', null).answer).rejects.toThrow('no such thing');
    await expect(factory.call('toString', null).answer).rejects.toThrow('knows nothing of "toString"');
  });

  test.each([
    ['lost', 'lost'],
    ['stopping', 'stopping'],
    [undefined, 'withdrawn'],
  ])('an abort for %s is told as %s, also one from before the call', async (given, told) => {
    const { factory } = pair({
      theirs: {
        until: async ({ signal, underWay }) => {
          const isBefore = signal.aborted;
          underWay();
          if (!isBefore) await new Promise((resolve) => signal.addEventListener('abort', resolve));
          return { value: { isBefore, reason: signal.reason } };
        },
      },
    });
    const stop = new AbortController();
    const call = factory.call('until', null, { signal: stop.signal });
    await call.underWay;
    stop.abort(given);
    expect((await call.answer).value).toEqual({ isBefore: false, reason: told });
    expect((await factory.call('until', null, { signal: AbortSignal.abort(given) }).answer).value).toEqual({
      isBefore: true,
      reason: told,
    });
  });

  test('a message of many frames arrives whole, and holds up no other', async () => {
    const big = Buffer.alloc(20 * mostPayload + 1, 'ü');
    const { factory } = pair({ theirs: { big: async ({ blobs }) => ({ blobs }), small: async () => ({ value: 'small' }) } });
    const order: string[] = [];
    const first = factory.call('big', null, { blobs: [big, new Uint8Array(0)] }).answer.then((message) => {
      order.push('big');
      return message;
    });
    await factory.call('small', null).answer.then(() => order.push('small'));
    const { blobs } = await first;
    expect(blobs.map((blob) => Buffer.from(blob).equals(big))).toEqual([true, false]);
    expect(blobs[1]?.length).toBe(0);
    expect(order).toEqual(['small', 'big']);
  });
});

describe('a stream that goes with a call', () => {
  test('carries bytes as they are in both directions, each ended by itself', async () => {
    const { factory } = pair({
      theirs: {
        async turned({ channel }) {
          const chunks: Uint8Array[] = [];
          for await (const chunk of channel.output) chunks.push(chunk);
          await channel.write(Buffer.concat(chunks).toReversed());
        },
      },
    });
    const sent = Buffer.from(Array.from({ length: 1_000_000 }, (_, index) => (index * 7) % 256));
    const { channel, answer } = factory.call('turned', null);
    const heard: Uint8Array[] = [];
    const reading = (async () => {
      for await (const chunk of channel.output) heard.push(chunk);
    })();
    await channel.write(sent);
    channel.end();
    await Promise.all([answer, reading]);
    expect(Buffer.concat(heard).equals(Buffer.from(sent.toReversed()))).toBe(true);
  });

  test('whoever writes waits while nobody reads, and other calls do not', async () => {
    let written = 0;
    const { factory } = pair({
      theirs: {
        async endless({ channel, signal }) {
          while (!signal.aborted) {
            await channel.write(Buffer.alloc(10_000));
            written += 10_000;
          }
        },
        other: async () => ({ value: 'answered' }),
      },
    });
    const stop = new AbortController();
    const { channel, answer } = factory.call('endless', null, { signal: stop.signal });
    await expect.poll(() => written).toBeGreaterThan(200_000);
    for (let round = 0; round < 20; round += 1) expect((await factory.call('other', null).answer).value).toBe('answered');
    expect(written).toBeLessThan(300_000);
    stop.abort();
    let heard = 0;
    for await (const chunk of channel.output) heard += chunk.length;
    await answer;
    expect(heard).toBe(written);
  });

  test('whoever reads no more has the rest dropped, and the writer goes on', async () => {
    const { factory } = pair({
      theirs: {
        async much({ channel }) {
          for (let round = 0; round < 100; round += 1) await channel.write(Buffer.alloc(50_000));
          return { value: 'all written' };
        },
      },
    });
    const { channel, answer } = factory.call('much', null);
    for await (const chunk of channel.output) if (chunk.length > 0) break;
    expect((await answer).value).toBe('all written');
  });

  test('one that sends more than was asked for breaks the wire', async () => {
    const { wire, say } = saidWire();
    const session = openSession(wire, { side: 'factory', answers: {}, heard: () => undefined, fault: (why) => new Error(why) });
    const call = session.call('read', null);
    say(greeting);
    for (let round = 0; round < 5; round += 1) say(frameBytes({ kind: frameKinds.data, id: 1, payload: Buffer.alloc(mostPayload) }));
    await expect(call.answer).rejects.toThrow(/no jidoka: a stream sends more than \d+ bytes unasked/);
  });
});

describe('a wire that breaks', () => {
  test('fails what was asked, stops what was answered, and ends when that has ended', async () => {
    let [reason, hasEnded]: readonly [unknown, boolean] = [null, false];
    const { factory, runner } = pair({
      theirs: {
        async long({ signal, underWay }) {
          underWay();
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          reason = signal.reason;
          await Promise.resolve();
          hasEnded = true;
        },
      },
    });
    const call = factory.call('long', null);
    await call.underWay;
    const reading = (async () => {
      for await (const chunk of call.channel.output) expect(chunk).toBeUndefined();
    })();
    factory.drop('somebody pulled the plug');
    await expect(call.answer).rejects.toThrow('broken: somebody pulled the plug');
    await expect(reading).rejects.toThrow('broken: somebody pulled the plug');
    await expect(call.channel.write(new Uint8Array(1_000_000))).rejects.toThrow('broken');
    await runner.ended;
    expect([reason, hasEnded]).toEqual(['broken', true]);
    await expect(factory.call('long', null).answer).rejects.toThrow('broken');
  });

  test('is seen by silence, and a side that only listens is not silent', async () => {
    const beat = { everyMs: 20, mostMissed: 3 };
    const { factory, runner } = pair({ more: { beat } });
    const { wire, say } = saidWire();
    const deaf = openSession(wire, { side: 'factory', answers: {}, heard: () => undefined, fault: (why) => new Error(why), beat });
    say(greeting);
    expect(await deaf.ended).toBe('nothing was heard for 0.08 s');
    expect(await factory.ping(5_000)).toBe(true);
    expect(await runner.ping(5_000)).toBe(true);
  });

  test('closed, it lets the other side end what it does first', async () => {
    const order: string[] = [];
    const { factory } = pair({
      theirs: {
        async long({ signal, underWay }) {
          underWay();
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          order.push('theirs ended');
        },
      },
    });
    const call = factory.call('long', null);
    await call.underWay;
    await factory.close();
    order.push('closed');
    expect(order).toEqual(['theirs ended', 'closed']);
    await expect(call.answer).rejects.toThrow('broken: it was closed');
  });

  const foreign: readonly (readonly [string, readonly Uint8Array[], RegExp])[] = [
    ['is a shell', [Buffer.from('This account is currently not available.\n')], /it says "This account is currently not available\.\\n"/],
    ['says nothing', [], /ended without a word/],
    ['speaks frames of nobody', [frameBytes({ kind: frameKinds.data, id: 1 })], /it does not greet/],
    [
      'speaks another version',
      [frameBytes({ kind: frameKinds.hello, id: 0, payload: Buffer.from('{"name":"jidoka-floor","version":7}') })],
      /it speaks \{"name":"jidoka-floor","version":7\}, and not version 1/,
    ],
    [
      'is cut short',
      [greeting, frameBytes({ kind: frameKinds.note, id: 2, payload: Buffer.alloc(50) }).subarray(0, 30)],
      /ended in the middle/,
    ],
    ['says too long a word', [greeting, Buffer.from([0, 255, 0, 0, 20, 0, 0, 0, 0, 1])], /it says/],
    ['says an unknown word', [greeting, Buffer.from([0, 0, 0, 6, 99, 0, 0, 0, 0, 1])], /it says/],
    ['says what is no message', [greeting, frameBytes({ kind: frameKinds.answer, id: 1, payload: Buffer.from('x') })], /has no parts/],
    [
      'counts wrong',
      [greeting, frameBytes({ kind: frameKinds.answer, id: 1, payload: messageBytes({ value: 1, blobs: [] }).subarray(0, 8) })],
      /says that it has/,
    ],
  ];
  test.each(foreign)('is told clearly where the other side %s', async (_what, said, why) => {
    const { wire, say, end } = saidWire();
    const session = openSession(wire, { side: 'factory', answers: {}, heard: () => undefined, fault: (text) => new Error(text) });
    const { answer } = session.call('begin', null);
    for (const bytes of said) say(bytes);
    end();
    await expect(answer).rejects.toThrow(why);
    expect(await session.ended).toMatch(why);
  });
});
