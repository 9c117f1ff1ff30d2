import assert from 'node:assert/strict';
import { it } from 'vitest';
import type { Bench } from './bench.ts';
import { code } from './expect.ts';

/** Who lost a step cannot make it count. */
export function fencing(bench: () => Bench): void {
  takenOver(bench);
  withdrawn(bench);
  betweenTransactions(bench);
}

function takenOver(bench: () => Bench): void {
  it('undoes whatever is done with a step that is another’s by now', async () => {
    const [first, second] = [await bench().hands(), await bench().hands({ queues: [] })];
    await bench().put([bench().step('a')]);
    const lost = await first.next();
    await first.under.beTakenForDead();
    const { engine } = first;
    const deeds = [
      (tx: Parameters<typeof engine.hold>[1]) => engine.hold(lost.step, tx),
      (tx: Parameters<typeof engine.hold>[1]) => engine.finish(lost.step, tx),
      (tx: Parameters<typeof engine.hold>[1]) => engine.defer(lost.step, new Date().toISOString(), tx),
    ];
    for (const deed of deeds) {
      const other = bench().work();
      const late = engine.transaction(async (tx) => {
        await engine.submit(other, tx);
        await engine.plan(lost.step.work, [bench().step('b')], tx);
        await deed(tx);
      });
      await assert.rejects(late, code('fenced'));
      assert.equal(await second.engine.work(other.id), null);
    }
    const view = await second.engine.work(lost.step.work);
    assert.deepEqual(
      view?.steps.map(({ id }) => id),
      ['a'],
    );
  });

  it('tells who holds a step that others took over to stop, and it begins anew with them', async () => {
    const first = await bench().hands({ atOnce: 1 });
    await bench().put([bench().step('a')]);
    const lost = await first.next();
    await first.under.beTakenForDead();
    assert.equal(await lost.stopped(), 'lost');
    lost.fail(new Error('of no interest'));
    const again = await first.next();
    assert.deepEqual([again.step.id, again.step.reclaims, again.step.lost], ['a', 1, [first.engine.executor]]);
    assert.notEqual(again.step.token, lost.step.token);
    await again.finish();
    assert.equal((await bench().desk.work(again.step.work))?.state, 'open');
  });
}

function withdrawn(bench: () => Bench): void {
  it('tells who holds a withdrawn step to stop within a second, wherever it was withdrawn', async () => {
    const hands = await bench().hands();
    const work = await bench().put([bench().step('a'), bench().step('b')]);
    await hands.ids(2);
    const [a, b] = hands.taken;
    const atMs = Date.now();
    await bench().plan(work, [bench().step('b')]);
    assert.equal(await a?.stopped(), 'withdrawn');
    assert.ok(Date.now() - atMs < 1000, `${Date.now() - atMs} ms`);
    assert.equal(b?.signal.aborted, false);
    await assert.rejects(async () => a?.finish(), code('fenced'));
    await b?.finish();
  });

  it('tells who holds a step of an ended work to stop', async () => {
    const hands = await bench().hands();
    const work = await bench().put([bench().step('a')]);
    const held = await hands.next();
    await bench().desk.transaction((tx) => bench().desk.end(work, 'over', tx));
    assert.equal(await held.stopped(), 'withdrawn');
    await assert.rejects(held.finish(), code('fenced'));
  });

  it('does not take a step for one of the same name that was withdrawn', async () => {
    const hands = await bench().hands();
    const work = await bench().put([bench().step('a')]);
    const old = await hands.next();
    await bench().plan(work, []);
    await bench().plan(work, [bench().step('a')]);
    const fresh = await hands.next();
    await assert.rejects(old.finish(), code('fenced'));
    await fresh.finish();
    assert.deepEqual((await bench().desk.work(work))?.steps, []);
  });
}

function betweenTransactions(bench: () => Bench): void {
  it('holds a step against those who would withdraw it until the transaction has ended', async () => {
    const hands = await bench().hands();
    const work = await bench().put([bench().step('a')]);
    const held = await hands.next();
    const order: string[] = [];
    let withdrawal: Promise<unknown> = Promise.resolve();
    await held.try(async (tx) => {
      await hands.engine.hold(held.step, tx);
      withdrawal = bench()
        .plan(work, [])
        .then(() => order.push('withdrawn'));
      await new Promise((resolve) => setTimeout(resolve, 50));
      order.push('held');
    });
    await withdrawal;
    assert.deepEqual(order, ['held', 'withdrawn']);
  });

  it('does not tell whoever finishes a step that it was withdrawn', async () => {
    const hands = await bench().hands({ atOnce: 1 });
    await bench().put(Array.from({ length: 20 }, (_, at) => bench().step(`s${at}`)));
    for (let at = 0; at < 20; at += 1) {
      const held = await hands.next();
      await held.try((tx) => hands.engine.finish(held.step, tx));
      // Others change something, whereupon everybody looks whether its steps are still there.
      await bench().plan(await bench().put([]), []);
      assert.equal(held.signal.aborted, false);
      held.leave();
    }
  });
}
