import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { parseDigest, parseRunId, type RunId, type Sha256 } from '../../src/core/base/ids.ts';
import { verifyChain } from '../../src/core/evidence/chain.ts';
import { factoryChain, type Ledger } from '../../src/core/ports/ledger.ts';
import type { Tx } from '../../src/core/ports/tx.ts';
import { gates } from './gates-contract.ts';
import { sampleEvent, sampleOf, sampleRun, sampleStart, sampleTime } from './samples.ts';
import { transactions } from './transactions-contract.ts';

/** A ledger under test and the way to put it away. */
export interface LedgerUnderTest {
  readonly ledger: Ledger;
  /** Does `work` in one transaction that the ledger can be part of; undoes all where it throws. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const sha256: Sha256 = (content) => parseDigest(createHash('sha256').update(content).digest('hex'));
const secret = 'hunter2hunter2';
const redact = (text: string): string => text.replaceAll(secret, '[redacted]');

/**
 * What every ledger promises. `make` is called once, with the redaction the ledger must apply.
 *
 * @example
 * ledgerContract('the ledger in memory', async (redact) => ({ ledger: memoryLedger(redact), ...memoryTransactions(), close: async () => {} }));
 */
export function ledgerContract(name: string, make: (redact: (text: string) => string) => Promise<LedgerUnderTest>): void {
  describe(name, () => {
    let under: LedgerUnderTest;
    const ledger = (): Ledger => under.ledger;
    beforeAll(async () => {
      under = await make(redact);
    });
    afterAll(() => under.close());

    appending(ledger);
    appendingAtOnce(ledger);
    recording(ledger);
    asking(ledger);
    transactions(() => under);
    gates(ledger);
  });
}

function appending(ledger: () => Ledger): void {
  it('numbers events from 1 and chains them', async () => {
    const run = sampleRun('chain');
    const first = await ledger().append(run, [sampleEvent('a'), sampleEvent('b')]);
    const second = await ledger().append(run, [sampleEvent('c')]);
    assert.deepEqual(
      [...first, ...second].map(({ runSeq }) => runSeq),
      [1, 2, 3],
    );
    assert.deepEqual(await ledger().read(run), [...first, ...second]);
    await intact(ledger(), run, 3);
  });

  it('leaves an event whose key exists as it is, and returns it', async () => {
    const run = sampleRun('twice');
    const [stored] = await ledger().append(run, [sampleEvent('a', ['first'])]);
    const again = await ledger().append(run, [sampleEvent('b'), sampleEvent('a', ['second']), sampleEvent('c')]);
    assert.deepEqual(
      again.map(({ key }) => key),
      ['b', 'a', 'c'],
    );
    assert.deepEqual(again[1], stored);
    await intact(ledger(), run, 3);
  });

  it('stores a key that comes twice in one batch once', async () => {
    const run = sampleRun('batch');
    const stored = await ledger().append(run, [sampleEvent('a', ['first']), sampleEvent('a', ['second'])]);
    assert.deepEqual(stored[0], stored[1]);
    await intact(ledger(), run, 1);
  });

  it('appends nothing for an empty batch, and knows no run by it', async () => {
    const run = sampleRun('empty');
    assert.deepEqual(await ledger().append(run, []), []);
    assert.deepEqual(await ledger().runs({ prefix: run }), []);
  });
}

function appendingAtOnce(ledger: () => Ledger): void {
  it('keeps one chain and every event when many append to the same run at once', async () => {
    const run = sampleRun('crowd');
    const batches = Array.from({ length: 20 }, (_, batch) =>
      Array.from({ length: 5 }, (_unused, index) => sampleEvent(`${batch}.${index}`)),
    );
    await Promise.all(batches.map((batch) => ledger().append(run, batch)));
    await intact(ledger(), run, 100);
    for (const batch of batches)
      await inOneRow(
        ledger(),
        run,
        batch.map(({ key }) => key),
      );
  });

  it('stores one event when the same key is appended at once by many', async () => {
    const run = sampleRun('race');
    const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => ledger().append(run, [sampleEvent('only', [`${index}`])])));
    assert.equal(new Set(answers.map(([event]) => event?.hash)).size, 1);
    await intact(ledger(), run, 1);
  });

  it('keeps runs that grow at once apart', async () => {
    const runs = Array.from({ length: 8 }, () => sampleRun('apart'));
    await Promise.all(runs.flatMap((run) => ['a', 'b', 'c'].map((key) => ledger().append(run, [sampleEvent(key)]))));
    for (const run of runs) await intact(ledger(), run, 3);
  });
}

function recording(ledger: () => Ledger): void {
  it('gives every character and number back as it was hashed', async () => {
    const run = sampleRun('text');
    const steps = ['nul \u0000 in', 'lone \ud800 surrogate', 'back\\slash \\u0000', '\u2028', '🏭', 'ſ', '"', ''];
    await ledger().append(run, [
      sampleEvent('text', steps),
      sampleOf('numbers', {
        type: 'stage.completed',
        stage: 's',
        attempt: 1,
        outcome: 'done',
        summary: '',
        durationMs: 0.1 + 0.2,
        output: { big: 1e21, small: 5e-324, max: Number.MAX_SAFE_INTEGER, none: null, yes: true },
      }),
    ]);
    const [text] = await ledger().read(run);
    assert.deepEqual(text?.body, { type: 'plan.made', stage: 'change', steps });
    await intact(ledger(), run, 2);
  });

  it('redacts before it stores, and the chain covers what was stored', async () => {
    const run = sampleRun('secret');
    const [event] = await ledger().append(run, [sampleEvent('a', [`token=${secret}`])]);
    assert.deepEqual(event?.body, { type: 'plan.made', stage: 'change', steps: ['token=[redacted]'] });
    assert.ok(!JSON.stringify(await ledger().read(run)).includes(secret));
    await intact(ledger(), run, 1);
  });
}

function asking(ledger: () => Ledger): void {
  it('knows nothing of a run it never saw', async () => {
    const run = sampleRun('never');
    assert.deepEqual(await ledger().read(run), []);
    assert.equal(await ledger().find(run, 'a'), null);
  });

  it('finds one event by its key', async () => {
    const run = sampleRun('find');
    const [, second] = await ledger().append(run, [sampleEvent('a'), sampleEvent('b')]);
    assert.deepEqual(await ledger().find(run, 'b'), second);
    assert.equal(await ledger().find(run, 'c'), null);
  });

  it('lists runs newest first, by line and by prefix, with their extent', async () => {
    const base = sampleRun('list_');
    const [old, young] = [parseRunId(`${base}-old`), parseRunId(`${base}-young`)];
    await ledger().append(old, [sampleStart(`${base}-deps`)]);
    const [last] = await ledger().append(young, [sampleStart(`${base}-cve`)]);
    const [end] = await ledger().append(old, [{ ...sampleEvent('end'), at: sampleTime(60) }]);
    const rows = await ledger().runs({ prefix: base });
    assert.deepEqual(rows, [
      { run: young, startedAt: sampleTime(0), lastAt: sampleTime(0), events: 1, head: last?.hash },
      { run: old, startedAt: sampleTime(0), lastAt: sampleTime(60), events: 2, head: end?.hash },
    ]);
    assert.deepEqual(await ledger().runs({ prefix: base, limit: 1 }), rows.slice(0, 1));
    assert.deepEqual(await ledger().runs({ line: `${base}-deps` }), rows.slice(1));
    assert.deepEqual(await ledger().runs({ prefix: base.replace('_', '?') }), []);
  });

  it('keeps a chain of the factory itself, which is no run', async () => {
    const run = sampleRun('beside');
    await ledger().append(run, [sampleEvent('a')]);
    const paused = sampleOf(`pause.${run}`, { type: 'factory.paused', scope: 'factory', why: 'sample', by: 'ada' });
    const [stored] = await ledger().append(factoryChain, [paused]);
    assert.deepEqual((await ledger().read(factoryChain)).at(-1), stored);
    const listed = (await ledger().runs()).map((row) => row.run);
    assert.ok(listed.includes(run) && !listed.includes(factoryChain));
    assert.deepEqual(await ledger().runs({ prefix: factoryChain }), []);
  });

  it('gives the newest event of a type whose body contains a pattern, over all runs', async () => {
    const stage = sampleRun('stage');
    const plan = (key: string, steps: string[]) => sampleOf(key, { type: 'plan.made', stage, steps });
    await ledger().append(sampleRun('a'), [plan('a', ['x', 'y']), plan('b', ['z'])]);
    const [newest] = await ledger().append(sampleRun('b'), [plan('a', ['y', 'x'])]);
    assert.deepEqual(await ledger().latest('plan.made', { stage, steps: ['x'] }), newest);
    assert.equal((await ledger().latest('plan.made', { stage, steps: ['z'] }))?.key, 'b');
    assert.equal(await ledger().latest('plan.made', { stage, steps: ['x', 'z'] }), null);
    assert.equal(await ledger().latest('claim.made', { stage }), null);
  });
}

async function intact(ledger: Ledger, run: RunId, events: number): Promise<void> {
  const stored = await ledger.read(run);
  assert.deepEqual(verifyChain(run, stored, sha256), { kind: 'intact', head: stored.at(-1)?.hash, events });
}

async function inOneRow(ledger: Ledger, run: RunId, keys: readonly string[]): Promise<void> {
  const stored = (await ledger.read(run)).map(({ key }) => key);
  const at = stored.indexOf(keys[0] ?? '');
  assert.deepEqual(stored.slice(at, at + keys.length), keys);
}
