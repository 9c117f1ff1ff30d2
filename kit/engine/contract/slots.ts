import assert from 'node:assert/strict';
import { it } from 'vitest';
import { soon, type Bench } from './bench.ts';
import { limiter, lineOf, stepsOf } from './carrying.ts';

/** How many at once, under every limit a step carries. */
export function slots(bench: () => Bench): void {
  taken(bench);
  changed(bench);
  crowded(bench);
}

function taken(bench: () => Bench): void {
  const limit = limiter(bench);

  it('keeps a full line waiting, not what comes after it, and says so', async () => {
    const hands = await bench().hands();
    await limit(lineOf(bench()), 2);
    const work = await bench().put([
      ...stepsOf(bench(), ['a', 'b', 'c'], { slots: [lineOf(bench()), 'global'] }),
      bench().step('other', { priority: 200 }),
    ]);
    assert.deepEqual(await hands.ids(3), ['a', 'b', 'other']);
    assert.deepEqual(await bench().reasons(work, 'c'), [`${lineOf(bench())} has 2 of 2 slots taken`]);
    await hands.taken[0]?.finish();
    assert.equal((await hands.next()).step.id, 'c');
  });

  it('wants a slot of every limit a step carries', async () => {
    const [hands, a, b] = [await bench().hands(), `station:${bench().name}`, `provider:${bench().name}`];
    await limit(a, 1);
    await limit(b, 1);
    await bench().put([
      bench().step('ab', { slots: [a, b] }),
      bench().step('a', { slots: [a] }),
      bench().step('b', { slots: [b] }),
      bench().step('-'),
    ]);
    assert.deepEqual(await hands.ids(2), ['ab', '-']);
    await hands.taken[0]?.finish();
    assert.deepEqual(await hands.ids(2), ['a', 'b']);
  });

  it('limits each of a kind, except those that have a limit of their own', async () => {
    const [hands, repository] = [await bench().hands(), (name: string) => `repository:${bench().name}-${name}`];
    await limit('repository:*', 1);
    await limit(repository('wide'), 2);
    await limit(repository('rated'), null, { count: 100, seconds: 60 });
    const of = (name: string) =>
      stepsOf(bench(), [`${name}1`, `${name}2`, `${name}3`], { slots: [repository(name)], rates: [repository(name)] });
    const work = await bench().put([...of('x'), ...of('y'), ...of('wide'), ...of('rated')]);
    assert.deepEqual(await hands.ids(7), ['x1', 'y1', 'wide1', 'wide2', 'rated1', 'rated2', 'rated3']);
    assert.deepEqual(await bench().reasons(work, 'x2'), [`${repository('x')} has 1 of 1 slots taken`]);
    const usage = await bench().control.usage();
    assert.deepEqual(
      usage.filter(({ key }) => key.includes(bench().name)),
      [
        { key: repository('rated'), taken: 3, started: 3 },
        { key: repository('wide'), taken: 2, started: 0 },
        { key: repository('x'), taken: 1, started: 0 },
        { key: repository('y'), taken: 1, started: 0 },
      ],
    );
  });
}

function changed(bench: () => Bench): void {
  const limit = limiter(bench);

  it('obeys a limit that is changed while steps wait and while they are done', async () => {
    const hands = await bench().hands();
    await limit(lineOf(bench()), 0);
    const work = await bench().put([...stepsOf(bench(), ['a', 'b', 'c', 'd'], { slots: [lineOf(bench())] }), bench().step('first')]);
    assert.equal((await hands.next()).step.id, 'first');
    assert.deepEqual(await bench().reasons(work, 'a'), [`${lineOf(bench())} has 0 of 0 slots taken`]);
    await limit(lineOf(bench()), 2);
    assert.deepEqual(await hands.ids(2), ['a', 'b']);
    await limit(lineOf(bench()), 1);
    await hands.taken[1]?.finish((tx) =>
      hands.engine.plan(work, [...stepsOf(bench(), ['b', 'c', 'd'], { slots: [lineOf(bench())] }), bench().step('second')], tx),
    );
    assert.equal((await hands.next()).step.id, 'second');
    await hands.taken[2]?.finish();
    assert.equal((await hands.next()).step.id, 'c');
    await limit(lineOf(bench()), null);
    assert.equal((await hands.next()).step.id, 'd');
  });

  it('frees the slots of what is withdrawn, deferred, failed and given back', async () => {
    const [hands, { desk, control }] = [await bench().hands(), bench()];
    await limit(lineOf(bench()), 1);
    const carried = { slots: [lineOf(bench())] };
    const work = await bench().put([bench().step('a', carried)]);
    await hands.next();
    const second = await bench().put([bench().step('b', carried)]);
    await bench().plan(work, []);
    const b = await hands.next();
    const third = await bench().put([bench().step('c', carried)]);
    await b.defer(60_000);
    const c = await hands.next();
    await bench().put([bench().step('d', carried)]);
    c.fail(new Error('broke'));
    assert.equal((await hands.next()).step.id, 'd');
    assert.deepEqual([(await desk.work(second))?.state, (await desk.work(third))?.state], ['open', 'failed']);
    assert.deepEqual(await control.usage(), [{ key: lineOf(bench()), taken: 1, started: 0 }]);
  });
}

function crowded(bench: () => Bench): void {
  const limit = limiter(bench);

  it('never passes a limit, however many take at once, and makes use of all of it', async () => {
    const many = await Promise.all([bench().hands(), bench().hands(), bench().hands()]);
    await limit(lineOf(bench()), 4);
    const ids = Array.from({ length: 40 }, (_, at) => `s${at}`);
    let [now, most, done] = [0, 0, 0];
    const over = new Promise<void>((resolve) => {
      const work = async (hands: (typeof many)[number]): Promise<void> => {
        const held = await hands.next();
        void work(hands).catch(() => {}); // until nothing comes any more
        now += 1;
        most = Math.max(most, now);
        await new Promise((wake) => setTimeout(wake, 5));
        now -= 1;
        await held.finish();
        done += 1;
        if (done === ids.length) resolve();
      };
      for (const hands of many) void work(hands).catch(() => {});
    });
    await bench().put(stepsOf(bench(), ids, { slots: [lineOf(bench())] }));
    await soon(over, 'not all were done', 20_000);
    assert.equal(most, 4);
  });
}
