import assert from 'node:assert/strict';
import { it } from 'vitest';
import type { Bench } from './bench.ts';
import { limiter, lineOf, stepsOf } from './carrying.ts';

/** Rates, pauses, and results that wait for a person. */
export function holdingBack(bench: () => Bench): void {
  rates(bench);
  pauses(bench);
  exempt(bench);
  reviews(bench);
}

function rates(bench: () => Bench): void {
  const limit = limiter(bench);

  it('starts no more often than a rate allows, and goes on as soon as it does', async () => {
    const [hands, key] = [await bench().hands(), `provider:${bench().name}`];
    await limit(key, null, { count: 2, seconds: 1 });
    const work = await bench().put([...stepsOf(bench(), ['a', 'b', 'c'], { rates: [key] }), bench().step('other')]);
    const atMs = Date.now();
    assert.deepEqual(await hands.ids(3), ['a', 'b', 'other']);
    await hands.taken[0]?.finish();
    assert.deepEqual(await bench().reasons(work, 'c'), [`${key} had 2 of 2 starts in 1 s`]);
    assert.equal((await hands.next()).step.id, 'c');
    assert.ok(Date.now() - atMs >= 900 && Date.now() - atMs < 2500, `${Date.now() - atMs} ms`);
  });

  it('counts the starts from before a rate was set', async () => {
    const [hands, key] = [await bench().hands(), `provider:${bench().name}`];
    await bench().put(stepsOf(bench(), ['a', 'b'], { rates: [key] }));
    await hands.ids(2);
    await limit(key, null, { count: 2, seconds: 60 });
    const work = await bench().put([...stepsOf(bench(), ['c'], { rates: [key] }), bench().step('other')]);
    assert.equal((await hands.next()).step.id, 'other');
    assert.deepEqual(await bench().reasons(work, 'c'), [`${key} had 2 of 2 starts in 60 s`]);
  });
}

function pauses(bench: () => Bench): void {
  it('keeps what is paused waiting, control as well, until the pause is lifted', async () => {
    const hands = await bench().hands();
    const at = new Date().toISOString();
    await bench().control.pause({ scope: lineOf(bench()), why: 'a fire', by: 'ada', at });
    const work = await bench().put([
      bench().step('stage', { scopes: ['factory', lineOf(bench())] }),
      bench().step('control', { queue: 'control', scopes: [lineOf(bench())] }),
      bench().step('free', { scopes: ['factory'], priority: 200 }),
    ]);
    assert.equal((await hands.next()).step.id, 'free');
    for (const id of ['stage', 'control'])
      assert.deepEqual(await bench().reasons(work, id), [`${lineOf(bench())} is paused by ada: a fire`]);
    assert.equal(await bench().control.unpause(lineOf(bench())), true);
    assert.deepEqual((await hands.ids(2)).toSorted(), ['control', 'stage']);
  });

  it('leaves what is in hand alone when its line is paused', async () => {
    const hands = await bench().hands();
    await bench().put([bench().step('a', { scopes: [lineOf(bench())] })]);
    const held = await hands.next();
    await bench().control.pause({ scope: lineOf(bench()), why: '', by: 'ada', at: new Date().toISOString() });
    await held.finish();
    assert.equal(held.signal.aborted, false);
  });
}

function exempt(bench: () => Bench): void {
  const limit = limiter(bench);

  it('asks control for no slot and no rate, and control takes none', async () => {
    const [hands, key] = [await bench().hands(), `provider:${bench().name}`];
    await limit(lineOf(bench()), 1);
    await limit(key, null, { count: 1, seconds: 60 });
    const carried = { slots: [lineOf(bench())], rates: [key] };
    await bench().put([
      ...stepsOf(bench(), ['c1', 'c2'], { queue: 'control', ...carried }),
      ...stepsOf(bench(), ['s1', 's2'], carried),
      bench().step('end'),
    ]);
    assert.deepEqual((await hands.ids(4)).toSorted(), ['c1', 'c2', 'end', 's1']);
  });
}

function reviews(bench: () => Bench): void {
  const limit = limiter(bench);

  it('starts nothing of a line while too many of its results wait for a person', async () => {
    const [hands, { desk, control, name }] = [await bench().hands(), bench()];
    await limit(`review:${name}`, 2);
    const review = (id: string) =>
      desk.transaction((tx) => control.awaitReview({ id: `${name}-${id}`, run: id, line: name, what: 'a result' }, tx));
    await review('1');
    await review('2');
    const work = await bench().put([bench().step('start', { starts: true }), bench().step('going on', { priority: 200 })]);
    const other = await bench().put([bench().step('of another line', { starts: true })], { line: `${name}-other` });
    assert.deepEqual(new Set(await hands.ids(2)), new Set(['going on', 'of another line']));
    assert.deepEqual(await bench().reasons(work, 'start'), [`line ${name} has 2 of 2 results waiting for review`]);
    assert.notEqual(other, work);
    assert.equal(await control.reviewed(`${name}-1`, 'ada'), true);
    assert.equal((await hands.next()).step.id, 'start');
  });
}
