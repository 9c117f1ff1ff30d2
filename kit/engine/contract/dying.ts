import assert from 'node:assert/strict';
import { it } from 'vitest';
import type { Bench } from './bench.ts';
import { soon } from './bench.ts';
import { code } from './expect.ts';

/** Processes that end, in order or not. */
export function dying(bench: () => Bench): void {
  deaths(bench);
  stoppingAtOnce(bench);
  stoppingWhenDone(bench);
}

function deaths(bench: () => Bench): void {
  it('takes over from the dead within three seconds, and remembers them', async () => {
    const [first, second] = [await bench().hands(), await bench().hands({ queues: [] })];
    await bench().put([bench().step('a', { slots: [`line:${bench().name}`] })]);
    await bench().control.setLimit({ key: `line:${bench().name}`, atOnce: 1, rate: null, by: 'operator' });
    await first.next();
    const atMs = Date.now();
    await first.die();
    const third = await bench().hands();
    const taken = await third.next();
    assert.ok(Date.now() - atMs < 3000, `${Date.now() - atMs} ms`);
    assert.deepEqual([taken.step.reclaims, taken.step.lost], [1, [first.engine.executor]]);
    await third.die();
    const fourth = await bench().hands();
    const again = await fourth.next();
    assert.deepEqual([again.step.reclaims, again.step.lost], [2, [first.engine.executor, third.engine.executor]]);
    const known = (await second.engine.executors()).map(({ id }) => id);
    assert.ok(!known.includes(first.engine.executor) && !known.includes(third.engine.executor));
  });
}

function stoppingAtOnce(bench: () => Bench): void {
  it('gives back at once what it is told to stop at once, and counts no death', async () => {
    const [first, second] = [await bench().hands(), await bench().hands({ queues: [] })];
    const work = await bench().put([bench().step('a')]);
    const held = await first.next();
    const stopping = first.service.stop('at-once');
    assert.equal(await held.stopped(), 'stopping');
    held.fail(new Error('cut short'));
    await stopping;
    const view = await second.engine.work(work);
    assert.deepEqual([view?.state, view?.steps[0]?.state], ['open', 'waiting']);
    await assert.rejects(
      held.try((tx) => first.engine.finish(held.step, tx)),
      code('fenced'),
    );
    const again = await (await bench().hands()).next();
    assert.deepEqual([again.step.reclaims, again.step.lost], [0, []]);
  });

  it('waits only a while for what does not hear that it is to stop', async () => {
    const hands = await bench().hands();
    const work = await bench().put([bench().step('deaf')]);
    await hands.next();
    await soon(hands.service.stop('at-once'), 'it did not stop', 6000);
    assert.equal((await bench().desk.work(work))?.steps[0]?.state, 'waiting');
  });
}

function stoppingWhenDone(bench: () => Bench): void {
  it('ends what is in hand and takes nothing new when it is to stop when done', async () => {
    const [hands, other] = [await bench().hands({ atOnce: 1 }), await bench().hands({ queues: [] })];
    const work = await bench().put([bench().step('a'), bench().step('b')]);
    const held = await hands.next();
    const stopping = hands.service.stop('when-done');
    assert.equal(held.signal.aborted, false);
    await held.finish();
    await stopping;
    assert.equal(hands.taken.length, 1);
    assert.deepEqual(
      (await other.engine.work(work))?.steps.map(({ id, state }) => [id, state]),
      [['b', 'waiting']],
    );
    assert.equal((await (await bench().hands()).next()).step.id, 'b');
  });

  it('cuts short what takes too long to be done', async () => {
    const hands = await bench().hands();
    await bench().put([bench().step('a')]);
    const held = await hands.next();
    const stopping = hands.service.stop('when-done');
    const cut = hands.service.stop('at-once');
    assert.equal(await held.stopped(), 'stopping');
    held.leave();
    await Promise.all([stopping, cut]);
  });

  it('gives back what it holds when it is closed', async () => {
    const hands = await bench().hands();
    const work = await bench().put([bench().step('a')]);
    const held = await hands.next();
    const closing = hands.engine.close();
    await held.stopped();
    held.leave();
    await closing;
    assert.equal((await bench().desk.work(work))?.steps[0]?.state, 'waiting');
    assert.ok(!(await bench().desk.executors()).some(({ id }) => id === hands.engine.executor));
  });
}
