import { afterEach, expect, it } from 'vitest';
import { http, message, messageEnd, messageStart, rawUpstream, streamHead, textOf, type RawUpstream } from './raw-upstream.ts';
import { modelAt, serve, type Served } from './served.ts';
import { systemClock } from '../../src/plant/clock/index.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

/** Serves a plan of two models, `strong` before `cheap`, by a clock that the test moves on. */
async function twoModels(strong: RawUpstream, cheap: RawUpstream, passed: () => number, more: object): Promise<Served> {
  const clock = systemClock();
  const provider = { protocols: ['messages'] };
  const served = await serve(
    { one: { ...provider, base: strong.url }, two: { ...provider, base: cheap.url } },
    {
      models: { strong: modelAt(['one/strong']), cheap: modelAt(['two/cheap']) },
      plans: { both: ['strong', 'cheap'] },
      slots: { coder: 'both', small: 'coder' },
      ...more,
    },
    { clock: { ...clock, sleep: async () => undefined, monotonicMs: () => clock.monotonicMs() + passed() } },
  );
  open.push(strong, cheap, served);
  return served;
}

/** A plan of a slow model and a quick one, by a clock that the slow one moves on by a second with each answer. */
async function slowBeforeQuick(more: object): Promise<Served> {
  let passed = 0;
  const slow = await rawUpstream((socket) => {
    passed += 1000;
    socket.write(http(200, message));
  });
  const quick = await rawUpstream((socket) => socket.write(http(200, message)));
  return twoModels(slow, quick, () => passed, more);
}

/** Asks, and says which model answered and whether that was because the turn is simple. */
async function ask(served: Served, content: string, more: object = {}): Promise<string> {
  const body = JSON.stringify({ model: 'coder', max_tokens: 100, messages: [{ role: 'user', content }], ...more });
  const before = served.calls.length;
  const response = await fetch(`${served.keyed}/v1/messages`, { method: 'POST', body });
  expect(await response.text()).toContain('Fine.');
  await expect.poll(() => served.calls.length).toBe(before + 1);
  const call = served.calls.at(-1);
  return `${call?.by?.model ?? 'nobody'}${call?.tries[0]?.session?.simple === true ? ', simple' : ''}`;
}

const tools = [{ name: 'bash', input_schema: { type: 'object' } }];

it('simple turns of a slot go to its fastest model where its owner says so, and all others by the plan', async () => {
  const served = await slowBeforeQuick({ simpleTurns: ['coder'] });
  expect(await ask(served, 'Mend src/a.ts, which fails.')).toBe('strong');
  expect(await ask(served, 'Name this chat.')).toBe('cheap, simple');
  expect(await ask(served, 'And this one.')).toBe('cheap, simple');
  expect(await ask(served, 'And this one.', { model: 'small' })).toBe('cheap, simple');
  expect(await ask(served, 'Go.', { tools })).toBe('strong');
  expect(await ask(served, 'Go.', { thinking: { type: 'enabled', budget_tokens: 2000 } })).toBe('strong');
});

it('the slower model is asked once where nobody knows yet, and then no more', async () => {
  const served = await slowBeforeQuick({ simpleTurns: ['coder'] });
  const asked: string[] = [];
  for (let at = 0; at < 4; at += 1) asked.push(await ask(served, `Name chat ${at}.`));
  expect(asked).toEqual(['strong, simple', 'cheap, simple', 'cheap, simple', 'cheap, simple']);
});

it('a session whose prompt is in a cache stays there for a simple turn, and a simple turn pins no session', async () => {
  const served = await slowBeforeQuick({ simpleTurns: ['coder'] });
  expect(await ask(served, 'Mend src/a.ts, which fails.')).toBe('strong');
  const goesOn = [
    { role: 'user', content: 'Mend src/a.ts, which fails.' },
    { role: 'assistant', content: 'Done.' },
    { role: 'user', content: 'Thanks.' },
  ];
  expect(await ask(served, '', { messages: goesOn })).toBe('strong');
  const chat = (text: string): object[] => [
    { role: 'user', content: 'Hello.' },
    { role: 'assistant', content: 'Hello.' },
    { role: 'user', content: text },
  ];
  expect(await ask(served, 'Hello.')).toBe('cheap, simple');
  expect(await ask(served, '', { messages: chat('Why does src/b.ts throw an error?') })).toBe('strong');
});

it('without that word the plan has every turn', async () => {
  const served = await slowBeforeQuick({});
  expect(await ask(served, 'Name this chat.')).toBe('strong');
  expect(await ask(served, 'Name this chat again.')).toBe('strong');
});

it('the fastest is who has a short answer whole first, and not who only begins it first', async () => {
  let passed = 0;
  let goOn = (): void => undefined;
  /** Begins after so many milliseconds, and writes 101 tokens in so many more once its caller has heard the first. */
  const writing = (beginMs: number, restMs: number): Promise<RawUpstream> =>
    rawUpstream((socket) => {
      passed += beginMs;
      socket.write(streamHead + messageStart + textOf('Fine.'));
      goOn = () => {
        passed += restMs;
        socket.end(messageEnd.replace('"output_tokens":7', '"output_tokens":101'));
      };
    });
  const [hasty, steady] = [await writing(100, 5000), await writing(1000, 500)];
  const served = await twoModels(hasty, steady, () => passed, { simpleTurns: ['coder'] });
  const name = async (content: string): Promise<string> => {
    const before = served.calls.length;
    const body = JSON.stringify({ model: 'coder', max_tokens: 200, stream: true, messages: [{ role: 'user', content }] });
    const response = await fetch(`${served.keyed}/v1/messages`, { method: 'POST', body });
    let heard = '';
    for await (const piece of response.body ?? []) {
      heard += Buffer.from(piece).toString();
      if (heard.includes('Fine.')) goOn();
    }
    await expect.poll(() => served.calls.length).toBe(before + 1);
    return served.calls.at(-1)?.by?.model ?? 'nobody';
  };
  const named = [await name('Name chat 1.'), await name('Name chat 2.'), await name('Name chat 3.'), await name('Name chat 4.')];
  // Each is asked once where nobody knows; the second then stays ahead, though the first begins ten times as soon.
  expect(named).toEqual(['strong', 'cheap', 'cheap', 'cheap']);
});

it('the fastest model is passed over while it is down, and no call waits for it', async () => {
  let [down, passed] = [false, 0];
  const strong = await rawUpstream((socket) => {
    passed += 1000;
    socket.write(http(200, message));
  });
  const cheap = await rawUpstream((socket) => socket.write(down ? http(401, '{}') : http(200, message)));
  const served = await twoModels(strong, cheap, () => passed, { simpleTurns: ['coder'] });
  expect(await ask(served, 'Name chat 1.')).toBe('strong, simple');
  expect(await ask(served, 'Name chat 2.')).toBe('cheap, simple');
  down = true;
  expect(await ask(served, 'Name chat 3.')).toBe('strong, simple');
  const before = cheap.requests.length;
  expect(await ask(served, 'Name chat 4.')).toBe('strong');
  expect(cheap.requests).toHaveLength(before);
});
