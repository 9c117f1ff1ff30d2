import assert from 'node:assert/strict';
import { it } from 'vitest';
import { code } from './expect.ts';
import type { Bench } from './bench.ts';

/** Works and their steps as transactions make them. */
export function planning(bench: () => Bench): void {
  registering(bench);
  stepsOfAWork(bench);
  ending(bench);
  transactions(bench);
}

function registering(bench: () => Bench): void {
  it('registers a work once, and leaves the first as it is', async () => {
    const { desk } = bench();
    const work = bench().work({ input: { first: true }, repository: 'r', kind: 'request' });
    assert.equal(await desk.transaction((tx) => desk.submit(work, tx)), 'new');
    assert.equal(await desk.transaction((tx) => desk.submit({ ...work, input: null, line: 'other' }, tx)), 'exists');
    assert.deepEqual(await desk.work(work.id), { ...work, state: 'open', output: null, failure: '', steps: [] });
    assert.equal(await desk.work('never'), null);
  });

  it('gives an input back as it was, whatever characters it holds', async () => {
    const input = { text: ['nul \0', '\ud800', '🏭', '\\u0000', '"'], deep: { n: [0.1, 1e21, null, true] } };
    const hands = await bench().hands();
    const work = await bench().put([bench().step('a')], { input });
    assert.deepEqual((await hands.next()).step.input, input);
    assert.deepEqual((await bench().desk.work(work))?.input, input);
  });
}

function stepsOfAWork(bench: () => Bench): void {
  it('makes the steps exactly those planned: what is there stays, what is not named goes', async () => {
    const [hands, { desk, step }] = [await bench().hands({ atOnce: 1 }), withStep(bench())];
    const work = await bench().put([step('a'), step('b'), step('c')]);
    const held = await hands.next();
    await bench().plan(work, [step('d'), step('a'), step('c')]);
    const view = await desk.work(work);
    assert.deepEqual(
      new Map(view?.steps.map((one) => [one.id, one.state])),
      new Map([
        ['a', 'held'],
        ['c', 'waiting'],
        ['d', 'waiting'],
      ]),
    );
    await held.try((tx) => hands.engine.hold(held.step, tx));
    await held.finish();
    assert.equal((await hands.next()).step.id, 'c');
  });

  it('leaves a step in its place when it is planned again', async () => {
    const { step } = withStep(bench());
    const work = await bench().put([step('first'), step('second')]);
    await bench().plan(work, [step('second'), step('first', { priority: 1 })]);
    assert.deepEqual(await (await bench().hands()).ids(2), ['first', 'second']);
  });

  it('puts a step once that is named twice in a plan', async () => {
    const { step } = withStep(bench());
    const work = await bench().put([step('a'), step('a')]);
    assert.equal((await bench().desk.work(work))?.steps.length, 1);
  });

  it('rests without steps until it is planned anew', async () => {
    const [hands, { step }] = [await bench().hands(), withStep(bench())];
    const work = await bench().put([step('a')]);
    await (await hands.next()).finish();
    assert.deepEqual((await bench().desk.work(work))?.steps, []);
    assert.equal((await bench().desk.work(work))?.state, 'open');
    await bench().plan(work, [step('b')]);
    assert.equal((await hands.next()).step.id, 'b');
  });
}

function ending(bench: () => Bench): void {
  it('keeps the output a work ended with first, and nothing of it is left to do', async () => {
    const { desk } = bench();
    const work = await bench().put([bench().step('a')]);
    for (const output of [{ first: 'nul \0' }, 'second']) await desk.transaction((tx) => desk.end(work, output, tx));
    const view = await desk.work(work);
    assert.deepEqual([view?.state, view?.output, view?.steps], ['ended', { first: 'nul \0' }, []]);
    await bench().plan(work, []);
    await assert.rejects(bench().plan(work, [bench().step('b')]), code('invariant'));
  });

  it('refuses to plan and to end what does not exist', async () => {
    const { desk } = bench();
    await assert.rejects(bench().plan('never', []), code('invariant'));
    await assert.rejects(
      desk.transaction((tx) => desk.end('never', null, tx)),
      code('invariant'),
    );
  });
}

function transactions(bench: () => Bench): void {
  it('undoes all of a transaction that throws', async () => {
    const [{ desk, control }, hands] = [bench(), await bench().hands()];
    const [lost, kept] = [bench().work(), bench().work()];
    const failing = desk.transaction(async (tx) => {
      await desk.submit(lost, tx);
      await desk.plan(lost.id, [bench().step('lost')], tx);
      await control.setLimit({ key: `line:${bench().name}`, atOnce: 0, rate: null, by: 'operator' }, tx);
      await control.pause({ scope: 'factory', why: '', by: '', at: new Date().toISOString() }, tx);
      throw new TypeError('thought better of it');
    });
    await assert.rejects(failing, TypeError);
    await bench().put([bench().step('kept', { slots: [`line:${bench().name}`], scopes: ['factory'] })], kept);
    assert.equal((await hands.next()).step.id, 'kept');
    assert.equal(await desk.work(lost.id), null);
    assert.deepEqual([await control.limits(), await control.pauses()], [[], []]);
  });

  it('keeps what a transaction does to itself until it is done', async () => {
    const { desk } = bench();
    const work = bench().work();
    await desk.transaction(async (tx) => {
      await desk.submit(work, tx);
      await desk.plan(work.id, [bench().step('a')], tx);
      assert.equal(await desk.work(work.id), null);
    });
    assert.equal((await desk.work(work.id))?.steps.length, 1);
  });

  it('returns what the transaction returns, and does not begin it twice', async () => {
    let turns = 0;
    assert.equal(await bench().desk.transaction(async () => (turns += 1)), 1);
    assert.equal(turns, 1);
  });
}

function withStep(bench: Bench): Pick<Bench, 'desk' | 'step'> {
  return { desk: bench.desk, step: (id, change) => bench.step(id, change) };
}
