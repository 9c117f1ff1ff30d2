import assert from 'node:assert/strict';
import { it } from 'vitest';
import type { Bench } from './bench.ts';
import { soon } from './bench.ts';

/** Who takes which step, and when. */
export function serving(bench: () => Bench): void {
  when(bench);
  whatFits(bench);
  whoseWorks(bench);
  views(bench);
}

function when(bench: () => Bench): void {
  it('hands a step over with all that is known of it', async () => {
    const hands = await bench().hands();
    const before = Date.now() - 1;
    const work = await bench().put([bench().step('a')], { kind: 'schedule', input: [1] });
    const { step } = await hands.next();
    assert.deepEqual(
      { ...step, token: '', dueAt: '' },
      { work, kind: 'schedule', id: 'a', token: '', reclaims: 0, lost: [], input: [1], dueAt: '' },
    );
    assert.match(step.token, /^[0-9a-f-]{36}$/);
    const due = Date.parse(step.dueAt);
    assert.ok(due >= before && due <= Date.now() + 1, step.dueAt);
  });

  it('takes the urgent first, then what was due first, then what was put first', async () => {
    const past = (ms: number): string => new Date(Date.now() - ms).toISOString();
    await bench().put([
      bench().step('usual-1'),
      bench().step('usual-2'),
      bench().step('urgent', { priority: 1 }),
      bench().step('idle', { priority: 200 }),
      bench().step('usual-3', { notBefore: past(60_000) }),
    ]);
    assert.deepEqual(await (await bench().hands({ atOnce: 9 })).ids(5), ['urgent', 'usual-1', 'usual-2', 'usual-3', 'idle']);
  });

  it('takes a step at its time, and says until then what it waits for', async () => {
    const hands = await bench().hands();
    const notBefore = new Date(Date.now() + 400).toISOString();
    const work = await bench().put([bench().step('later', { notBefore, priority: 1 }), bench().step('now')]);
    assert.equal((await hands.next()).step.id, 'now');
    assert.deepEqual(await bench().reasons(work, 'later'), [`not before ${notBefore}`]);
    const later = await hands.next();
    const lateMs = Date.now() - Date.parse(notBefore);
    assert.ok(lateMs >= -5 && lateMs < 1500, `${lateMs} ms after its time`);
    assert.equal(later.step.dueAt, notBefore);
  });

  it('gives a deferred step back until its time, and the old token counts no more', async () => {
    const hands = await bench().hands({ atOnce: 1 });
    await bench().put([bench().step('a', { priority: 1 }), bench().step('b')]);
    const first = await hands.next();
    await first.defer(300);
    const between = await hands.next();
    assert.equal(between.step.id, 'b');
    await between.finish();
    const again = await hands.next();
    assert.equal(again.step.id, 'a');
    assert.notEqual(again.step.token, first.step.token);
    assert.equal(again.step.reclaims, 0);
    await assert.rejects(first.finish());
    await again.finish();
  });
}

function whatFits(bench: () => Bench): void {
  it('does no more stages at once than offered, with control and requests on top', async () => {
    const hands = await bench().hands({ atOnce: 2, queues: null });
    const ids = ['a', 'b', 'c', 'd'];
    await bench().put([
      ...ids.map((id) => bench().step(id)),
      ...ids.map((id) => bench().step(`control-${id}`, { queue: 'control', priority: 200 })),
      ...ids.map((id) => bench().step(`request-${id}`, { queue: 'requests', priority: 200 })),
    ]);
    const taken = await hands.ids(10);
    assert.deepEqual(
      taken.filter((id) => id.length === 1),
      ['a', 'b'],
    );
    await hands.taken.find(({ step }) => step.id === 'b')?.finish();
    assert.equal((await hands.next()).step.id, 'c');
    assert.equal(hands.taken.length, 11);
  });

  it('takes from the queues it serves, and control from everywhere', async () => {
    const [one, other] = [`${bench().name}-one`, `${bench().name}-other`];
    const work = await bench().put([
      bench().step('elsewhere', { queue: other, priority: 1 }),
      bench().step('here', { queue: one }),
      bench().step('control', { queue: 'control' }),
    ]);
    const hands = await bench().hands({ queues: [one] });
    assert.deepEqual((await hands.ids(2)).toSorted(), ['control', 'here']);
    assert.deepEqual(await bench().reasons(work, 'elsewhere'), [`no live worker serves queue ${other}`]);
    assert.equal((await (await bench().hands({ queues: [one, other] })).next()).step.id, 'elsewhere');
  });

  it('takes only what its labels allow', async () => {
    const work = await bench().put([
      bench().step('gpu', { labels: ['gpu', 'linux'], priority: 1 }),
      bench().step('linux', { labels: ['linux'], priority: 2 }),
      bench().step('any', { priority: 3 }),
    ]);
    const hands = await bench().hands({ labels: ['linux', 'x64'] });
    assert.deepEqual(await hands.ids(2), ['linux', 'any']);
    const [reason] = await bench().reasons(work, 'gpu');
    assert.match(reason ?? '', /labels gpu, linux/);
    assert.equal((await (await bench().hands({ labels: ['gpu', 'linux'] })).next()).step.id, 'gpu');
  });
}

function whoseWorks(bench: () => Bench): void {
  it('as a caller takes the works it asked for and those that belong to them', async () => {
    const caller = await bench().hands({ role: 'caller' });
    const foreign = await bench().put([bench().step('foreign', { priority: 1 })]);
    const own = await bench().put([bench().step('own')]);
    const child = await bench().put([bench().step('child')], { parent: own });
    const grandchild = await bench().put([bench().step('grandchild', { queue: 'control' })], { parent: child });
    const cousin = await bench().put([bench().step('cousin')], { parent: foreign });
    caller.service.include(own);
    assert.deepEqual((await caller.ids(3)).toSorted(), ['child', 'grandchild', 'own']);
    const more = await bench().put([bench().step('more')], { parent: grandchild });
    assert.equal((await caller.next()).step.work, more);
    caller.service.include(cousin);
    assert.equal((await caller.next()).step.id, 'cousin');
    assert.equal((await (await bench().hands()).next()).step.id, 'foreign');
  });

  it('gives each step to one of many', async () => {
    const hands = await Promise.all([bench().hands(), bench().hands(), bench().hands()]);
    const ids = Array.from({ length: 90 }, (_, at) => `s${at}`);
    await bench().put(ids.map((id) => bench().step(id)));
    const done = async (own: (typeof hands)[number]): Promise<void> => {
      for (;;) await (await own.next()).finish();
    };
    for (const own of hands) done(own).catch(() => {}); // until nothing comes any more
    const all = () => hands.flatMap(({ taken }) => taken.map(({ step }) => step.id));
    const work = `${bench().name}-0`;
    const empty = async (): Promise<void> => {
      while ((await bench().desk.work(work))?.steps.length !== 0) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    await soon(empty(), 'not all were done');
    assert.deepEqual(all().toSorted(), ids.toSorted());
  });
}

function views(bench: () => Bench): void {
  it('shows who serves, what it offers and what it holds', async () => {
    const hands = await bench().hands({ labels: ['x'], atOnce: 3, name: 'the first' });
    const work = await bench().put([bench().step('a')]);
    await hands.next();
    const view = async () => (await bench().desk.executors()).find(({ id }) => id === hands.engine.executor);
    const { host, pid, since, ...shown } = (await view()) ?? assert.fail('it is not listed');
    assert.deepEqual(shown, {
      id: hands.engine.executor,
      role: 'worker',
      name: 'the first',
      version: '1.2.3',
      queues: [bench().name],
      labels: ['x'],
      atOnce: 3,
      isLive: true,
      holds: [`${work} a`],
    });
    assert.ok(host !== '' && pid >= 0 && Date.parse(since) <= Date.now() + 1000);
    await hands.taken[0]?.finish();
    await hands.service.stop('when-done');
    const after = await view();
    assert.deepEqual([after?.role, after?.holds], ['idle', []]);
    assert.notEqual(
      (await bench().desk.executors()).find(({ id }) => id === bench().desk.executor),
      undefined,
    );
  });
}
