import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { it } from 'vitest';
import { parseDigest, type RunId } from '../../src/core/base/ids.ts';
import { verifyChain } from '../../src/core/evidence/chain.ts';
import type { Ledger } from '../../src/core/ports/ledger.ts';
import type { LedgerUnderTest } from './contract.ts';
import { sampleEvent, sampleRun } from './samples.ts';

/** What a ledger promises to those who append within a transaction of theirs. */
export function transactions(under: () => LedgerUnderTest): void {
  const ledger = (): Ledger => under().ledger;

  it('appends within a transaction all or nothing', async () => {
    const [kept, dropped] = [sampleRun('kept'), sampleRun('dropped')];
    await under().transaction(async (tx) => {
      await ledger().append(kept, [sampleEvent('a')], tx);
      await ledger().append(kept, [sampleEvent('b'), sampleEvent('a', ['again'])], tx);
    });
    await assert.rejects(
      under().transaction(async (tx) => {
        await ledger().append(kept, [sampleEvent('c')], tx);
        await ledger().append(dropped, [sampleEvent('c')], tx);
        throw new Error('changed its mind');
      }),
      /changed its mind/,
    );
    await holds(ledger(), kept, ['a', 'b']);
    await holds(ledger(), dropped, []);
    assert.deepEqual(await ledger().runs({ prefix: dropped }), []);
  });

  it('remembers nothing of a transaction that was undone', async () => {
    const run = sampleRun('undone');
    await ledger().append(run, [sampleEvent('a')]);
    const failing = under().transaction(async (tx) => {
      await ledger().append(run, [sampleEvent('b'), sampleEvent('c')], tx);
      throw new Error('undone');
    });
    await assert.rejects(failing, /undone/);
    await ledger().append(run, [sampleEvent('d')]);
    await under().transaction((tx) => ledger().append(run, [sampleEvent('b')], tx));
    await ledger().append(run, [sampleEvent('c')]);
    await holds(ledger(), run, ['a', 'd', 'b', 'c']);
  });

  it('shows a transaction its own events, and to nobody else before it has held', async () => {
    const run = sampleRun('inside');
    await ledger().append(run, [sampleEvent('a')]);
    const appended = await under().transaction(async (tx) => {
      const stored = await ledger().append(run, [sampleEvent('b')], tx);
      assert.deepEqual((await ledger().read(run, tx)).slice(1), stored);
      assert.equal((await ledger().read(run)).length, 1);
      assert.equal(await ledger().find(run, 'b'), null);
      return stored;
    });
    assert.deepEqual((await ledger().read(run)).slice(1), appended);
  });

  it('lets nobody append beside a transaction that has appended, from the first event of a run on', async () => {
    for (const begun of [[], ['before']]) {
      const run = sampleRun('beside');
      for (const key of begun) await ledger().append(run, [sampleEvent(key)]);
      const beside = await under().transaction(async (tx) => {
        await ledger().append(run, [sampleEvent('a')], tx);
        const late = ledger().append(run, [sampleEvent('late'), sampleEvent('b', ['too late'])]);
        const [stored] = await ledger().append(run, [sampleEvent('b')], tx);
        return { late, stored };
      });
      assert.deepEqual((await beside.late)[1], beside.stored);
      await holds(ledger(), run, [...begun, 'a', 'b', 'late']);
    }
  });

  it('keeps what transactions append at once in one row each, though all begin the run', async () => {
    const run = sampleRun('begin');
    const writers = ['a', 'b', 'c', 'd'];
    await Promise.all(
      writers.map((writer) =>
        under().transaction(async (tx) => {
          for (const turn of [1, 2, 3]) await ledger().append(run, [sampleEvent(`${writer}.${turn}`), sampleEvent('start', [writer])], tx);
        }),
      ),
    );
    const events = await ledger().read(run);
    const turns = events.map(({ key }) => key).filter((key) => key !== 'start');
    const order = [...new Set(turns.map((key) => key.slice(0, 1)))];
    assert.deepEqual(
      turns,
      order.flatMap((writer) => [`${writer}.1`, `${writer}.2`, `${writer}.3`]),
    );
    assert.equal(events.length, 13);
    intact(run, events);
  });
}

async function holds(ledger: Ledger, run: RunId, keys: readonly string[]): Promise<void> {
  const events = await ledger.read(run);
  assert.deepEqual(
    events.map(({ key }) => key),
    keys,
  );
  intact(run, events);
}

function intact(run: RunId, events: Parameters<typeof verifyChain>[1]): void {
  const check = verifyChain(run, events, (content) => parseDigest(createHash('sha256').update(content).digest('hex')));
  assert.equal(check.kind, 'intact');
}
