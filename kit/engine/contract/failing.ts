import assert from 'node:assert/strict';
import { it } from 'vitest';
import { JidokaError } from '../../../src/core/base/error.ts';
import type { Bench } from './bench.ts';
import { soon } from './bench.ts';

/** What becomes of a work whose step throws. */
export function failing(bench: () => Bench): void {
  ofTheWork(bench);
  ofTheSurroundings(bench);
}

function ofTheWork(bench: () => Bench): void {
  it('fails the work with what was said, and leaves its steps alone until it is tried again', async () => {
    const hands = await bench().hands({ atOnce: 1 });
    const work = await bench().put([bench().step('a'), bench().step('b')]);
    (await hands.next()).fail(new TypeError('broke in the middle'));
    await bench().put([bench().step('of another work')]);
    assert.equal((await hands.next()).step.id, 'of another work');
    const view = await bench().desk.work(work);
    assert.deepEqual(
      [view?.state, view?.failure, view?.steps.map(({ id, state }) => [id, state])],
      [
        'failed',
        'broke in the middle',
        [
          ['a', 'waiting'],
          ['b', 'waiting'],
        ],
      ],
    );
    assert.deepEqual(await bench().reasons(work, 'b'), ['its work failed: broke in the middle']);
    await hands.taken[1]?.finish();
    assert.equal(await bench().control.retry(work), true);
    const again = await hands.next();
    assert.deepEqual([again.step.id, again.step.reclaims], ['a', 0]);
    await again.finish();
    assert.equal((await hands.next()).step.id, 'b');
    const healed = await bench().desk.work(work);
    assert.deepEqual([healed?.state, healed?.failure, await bench().control.retry(work)], ['open', '', false]);
  });

  it('fails a work whose step was done and not taken away', async () => {
    const hands = await bench().hands();
    const work = await bench().put([bench().step('forgotten')]);
    (await hands.next()).leave();
    const failed = async (): Promise<string> => {
      for (;;) {
        const view = await bench().desk.work(work);
        if (view?.state === 'failed') return view.failure;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    assert.match(await soon(failed(), 'it did not fail'), /forgotten was done and not taken away/);
  });

  it('lets what is in hand of a failed work come to its end', async () => {
    const hands = await bench().hands();
    const work = await bench().put([bench().step('a'), bench().step('b')]);
    const [a, b] = [await hands.next(), await hands.next()];
    a.fail(new Error('broke'));
    await bench().put([bench().step('c')]);
    await hands.next();
    assert.equal(b.signal.aborted, false);
    await b.finish((tx) => hands.engine.plan(work, [bench().step('a'), bench().step('d')], tx));
    await bench().put([bench().step('e')]);
    assert.equal((await hands.next()).step.id, 'e');
    assert.equal(await bench().control.retry(work), true);
    assert.deepEqual((await hands.ids(2)).toSorted(), ['a', 'd']);
  });
}

function ofTheSurroundings(bench: () => Bench): void {
  it('gives a step back after a fault of the surroundings, says what it was, and tries again', async () => {
    const hands = await bench().hands();
    const work = await bench().put([bench().step('a')]);
    const fault = new JidokaError('disk-full', 'No room.', { mend: 'Make room.' });
    const first = await hands.next();
    assert.equal(hands.service.faultOf(work), null);
    const atMs = Date.now();
    first.fail(fault);
    const again = await hands.next();
    assert.ok(Date.now() - atMs >= 1900 && Date.now() - atMs < 5000, `${Date.now() - atMs} ms`);
    assert.equal(hands.service.faultOf(work), fault);
    assert.deepEqual([again.step.reclaims, (await bench().desk.work(work))?.state], [0, 'open']);
    await again.finish();
    await bench().put([bench().step('b')]);
    await hands.next();
    assert.equal(hands.service.faultOf(work), null);
  });

  it('does not blame the work for a step that was another’s', async () => {
    const hands = await bench().hands();
    const work = await bench().put([bench().step('a')]);
    const held = await hands.next();
    await bench().plan(work, [bench().step('b')]);
    const late = await held.finish().catch((error: unknown) => error);
    held.fail(late);
    assert.equal((await hands.next()).step.id, 'b');
    assert.equal((await bench().desk.work(work))?.state, 'open');
  });
}
