import assert from 'node:assert/strict';
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest';
import type { Control, Limit, NewLimit, Pause } from '../../src/core/ports/control.ts';
import type { Engine } from '../../src/core/ports/engine.ts';
import { isJidokaError } from '../../src/core/base/error.ts';

/** A control under test, and an engine whose transactions and works it knows. */
export interface ControlUnderTest {
  readonly control: Control;
  readonly engine: Engine;
  close(): Promise<void>;
}

/**
 * What every control promises by itself; what engines make of it is part of `engineContract`.
 *
 * @example
 * controlContract('control in memory', async () => {
 *   const plant = memoryPlant();
 *   return { control: memoryControl(plant), engine: memoryEngine(plant), close: async () => {} };
 * });
 */
export function controlContract(name: string, make: () => Promise<ControlUnderTest>): void {
  describe(name, () => {
    let under: ControlUnderTest;
    const current = (): ControlUnderTest => under;
    beforeAll(async () => {
      under = await make();
    });
    afterEach(() => clear(under.control));
    afterAll(() => under.close());

    limits(current);
    refusals(current);
    pauses(current);
    reviews(current);
    works(current);
  });
}

function limits(under: () => ControlUnderTest): void {
  it('keeps limits by key, the last word of an operator', async () => {
    const { control } = under();
    const first = limit('line:deps', 2);
    await control.setLimit(first);
    await control.setLimit(limit('global', null, { count: 10, seconds: 0.5 }));
    assert.deepEqual(await control.limits(), [limit('global', null, { count: 10, seconds: 0.5 }), first]);
    await control.setLimit(limit('line:deps', 0, { count: 1, seconds: 60 }));
    assert.deepEqual((await control.limits())[1], limit('line:deps', 0, { count: 1, seconds: 60 }));
  });

  it('lets a line set its own limits, and an operator have the last word', async () => {
    const { control } = under();
    const ofLine: Limit = { ...limit('line:deps', 5), by: 'line' };
    await control.setLimit(ofLine);
    assert.deepEqual(await control.limits(), [ofLine]);
    await control.setLimit(limit('line:deps', 1));
    await control.setLimit(ofLine);
    await control.setLimit({ ...limit('line:deps', null), by: 'line' });
    assert.deepEqual(await control.limits(), [limit('line:deps', 1)]);
    await control.setLimit(limit('line:deps', null));
    await control.setLimit(ofLine);
    assert.deepEqual(await control.limits(), [ofLine]);
    await control.setLimit({ ...limit('line:deps', null), by: 'line' });
    assert.deepEqual(await control.limits(), []);
  });

  it('shows limits of which nothing is taken', async () => {
    await under().control.setLimit(limit('station:mechanic', 3));
    await under().control.setLimit(limit('repository:*', 1));
    assert.deepEqual(await under().control.usage(), [{ key: 'station:mechanic', taken: 0, started: 0 }]);
  });
}

function refusals(under: () => ControlUnderTest): void {
  it.each(['', 'line', 'line:', 'global:*', 'lines:deps', 'line:a b', 'line:*x', 'factory', 'line:deps\n', 'line:\0'])(
    'refuses the limit of %j',
    async (key) => {
      await assert.rejects(under().control.setLimit(limit(key, 1)), isInvalid);
    },
  );

  it.each<[number | null, NewLimit['rate']]>([
    [-1, null],
    [1.5, null],
    [Number.NaN, null],
    [null, { count: -1, seconds: 1 }],
    [null, { count: 1, seconds: 0 }],
    [null, { count: 1, seconds: Number.POSITIVE_INFINITY }],
    [null, { count: 0.5, seconds: 1 }],
  ])('refuses %j slots at a rate of %j', async (atOnce, rate) => {
    await assert.rejects(under().control.setLimit(limit('global', atOnce, rate)), isInvalid);
    assert.deepEqual(await under().control.limits(), []);
  });

  it('refuses a rate of results for review', async () => {
    await assert.rejects(under().control.setLimit(limit('review:deps', null, { count: 1, seconds: 1 })), isInvalid);
  });

  it.each(['', 'all', 'line', 'line:', 'line:*', 'repository:x', 'queue:a b', 'queue:\0'])('refuses to pause %j', async (scope) => {
    await assert.rejects(under().control.pause(pause(scope)), isInvalid);
  });
}

function pauses(under: () => ControlUnderTest): void {
  it('pauses once, with the first reason, until it is lifted once', async () => {
    const { control } = under();
    const first = pause('factory', 'inventory');
    assert.equal(await control.pause(first), true);
    assert.equal(await control.pause(pause('factory', 'another')), false);
    assert.equal(await control.pause(pause('line:deps')), true);
    assert.deepEqual(
      new Set((await control.pauses()).map(({ scope, why }) => `${scope} ${why}`)),
      new Set(['factory inventory', 'line:deps ']),
    );
    assert.deepEqual(
      (await control.pauses()).find(({ scope }) => scope === 'factory'),
      first,
    );
    assert.deepEqual([await control.unpause('factory'), await control.unpause('factory')], [true, false]);
  });

  it('undoes with its transaction, and does with it', async () => {
    const { control, engine } = under();
    const both = (fails: boolean) =>
      engine.transaction(async (tx) => {
        await control.pause(pause('factory'), tx);
        await control.setLimit(limit('global', 7), tx);
        await control.awaitReview({ id: `tx-${String(fails)}`, run: 'r', line: 'l', what: 'w' }, tx);
        if (fails) throw new TypeError('no');
      });
    await assert.rejects(both(true), TypeError);
    assert.deepEqual([await control.pauses(), await control.limits(), await control.reviews()], [[], [], []]);
    await both(false);
    assert.deepEqual([(await control.pauses()).length, (await control.limits()).length, (await control.reviews()).length], [1, 1, 1]);
    await engine.transaction(async (tx) => {
      assert.equal(await control.unpause('factory', tx), true);
      assert.equal(await control.reviewed('tx-false', 'ada', tx), true);
    });
    assert.deepEqual([await control.pauses(), await control.reviews()], [[], []]);
  });
}

function reviews(under: () => ControlUnderTest): void {
  it('lists what waits for a person, oldest first, each once, until a person has looked', async () => {
    const { control, engine } = under();
    const name = `r${crypto.randomUUID()}`;
    const wait = (id: string, line: string, what = 'a result') =>
      engine.transaction((tx) => control.awaitReview({ id: `${name}-${id}`, run: `run-${id}`, line, what }, tx));
    await wait('b', 'deps');
    await wait('a', 'cve');
    await wait('b', 'deps', 'said again');
    const all = await control.reviews();
    assert.deepEqual(
      all.map(({ since: _since, ...review }) => review),
      [
        { id: `${name}-b`, run: 'run-b', line: 'deps', what: 'a result' },
        { id: `${name}-a`, run: 'run-a', line: 'cve', what: 'a result' },
      ],
    );
    assert.ok(all.every(({ since }) => since === new Date(since).toISOString()));
    assert.deepEqual(
      (await control.reviews('cve')).map(({ id }) => id),
      [`${name}-a`],
    );
    assert.deepEqual([await control.reviewed(`${name}-a`, 'ada'), await control.reviewed(`${name}-a`, 'bob')], [true, false]);
    assert.equal(await control.reviewed('never', 'ada'), false);
    assert.deepEqual(await control.reviews('cve'), []);
    await wait('a', 'cve');
    assert.deepEqual(await control.reviews('cve'), []);
  });
}

function works(under: () => ControlUnderTest): void {
  it('lists works newest first, by kind and by whether they are open', async () => {
    const { control, engine } = under();
    const submit = (id: string, kind: 'run' | 'request') =>
      engine.transaction((tx) => engine.submit({ id, kind, line: 'l', repository: '', parent: null, input: null }, tx));
    for (const [id, kind] of [
      ['first', 'run'],
      ['second', 'request'],
      ['third', 'run'],
    ] as const)
      await submit(id, kind);
    await engine.transaction((tx) => engine.end('third', null, tx));
    assert.deepEqual(await control.works({ limit: 9 }), ['third', 'second', 'first']);
    assert.deepEqual(await control.works({ limit: 1 }), ['third']);
    assert.deepEqual(await control.works({ kind: 'run', limit: 9 }), ['third', 'first']);
    assert.deepEqual(await control.works({ kind: 'run', open: true, limit: 9 }), ['first']);
    assert.deepEqual(await control.works({ open: false, limit: 9 }), ['third']);
    assert.deepEqual([await control.retry('first'), await control.retry('never')], [false, false]);
  });
}

async function clear(control: Control): Promise<void> {
  for (const { scope } of await control.pauses()) await control.unpause(scope);
  for (const { key } of await control.limits()) await control.setLimit(limit(key, null));
}

function limit(key: string, atOnce: number | null, rate: NewLimit['rate'] = null): NewLimit {
  return { key, atOnce, rate, by: 'operator' };
}

function pause(scope: string, why = ''): Pause {
  return { scope, why, by: 'ada', at: '2026-01-01T00:00:00.000Z' };
}

function isInvalid(error: unknown): boolean {
  return isJidokaError(error) && error.code === 'limit-invalid';
}
