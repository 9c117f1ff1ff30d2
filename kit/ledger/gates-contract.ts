import assert from 'node:assert/strict';
import { it } from 'vitest';
import type { RunId } from '../../src/core/base/ids.ts';
import type { EventBody } from '../../src/core/evidence/event.ts';
import type { Ledger } from '../../src/core/ports/ledger.ts';
import { sampleEvent, sampleGate, sampleOf, sampleRun, sampleTime, sampleVerdict } from './samples.ts';

/** What a ledger promises of the gates that wait for somebody. */
export function gates(ledger: () => Ledger): void {
  const opened = async (run: RunId): Promise<readonly string[]> =>
    (await ledger().openGates({ run })).map(({ body }) => (body.type === 'gate.opened' ? body.gate : body.type));

  it('lists gates that wait, oldest first, over all runs or of one', async () => {
    const [first, second] = [sampleRun('gate'), sampleRun('gate')];
    await ledger().append(first, [sampleGate(first, 'spec'), sampleEvent('a')]);
    const [only] = await ledger().append(second, [sampleGate(second, 'spec')]);
    await ledger().append(first, [sampleGate(first, 'review')]);
    assert.deepEqual(await ledger().openGates({ run: second }), [only]);
    assert.deepEqual(await opened(first), [`${first}/spec/1`, `${first}/review/1`]);
    const ours = (await ledger().openGates()).filter(({ run }) => run === first || run === second);
    assert.deepEqual(
      ours.map(({ run, key }) => [run, key]),
      [
        [first, 'opened/spec/1'],
        [second, 'opened/spec/1'],
        [first, 'opened/review/1'],
      ],
    );
    assert.deepEqual(await ledger().openGates({ run: sampleRun('never') }), []);
  });

  it.each(['answered', 'expired', 'forgone', 'completed', 'reworked', 'cancelled'] as const)(
    'no longer lists a gate that was left behind: %s',
    async (how) => {
      const run = sampleRun(how);
      await ledger().append(run, [sampleGate(run, 'spec'), sampleGate(run, 'review')]);
      await ledger().append(run, [sampleOf('close', closing(run, how))]);
      assert.deepEqual(await opened(run), how === 'cancelled' ? [] : [`${run}/review/1`]);
    },
  );

  it('no longer lists the gates of a run that is decided', async () => {
    const run = sampleRun('decided');
    await ledger().append(run, [sampleGate(run, 'spec')]);
    assert.equal((await opened(run)).length, 1);
    await ledger().append(run, [sampleVerdict(), sampleEvent('after')]);
    assert.deepEqual(await opened(run), []);
  });

  it('lists the gate of a later attempt, and not again that of an earlier one', async () => {
    const run = sampleRun('again');
    await ledger().append(run, [sampleGate(run, 'spec'), sampleOf('rework', closing(run, 'reworked')), sampleGate(run, 'spec', 2)]);
    assert.deepEqual(await opened(run), [`${run}/spec/2`]);
  });
}

function closing(run: RunId, how: 'answered' | 'expired' | 'forgone' | 'completed' | 'reworked' | 'cancelled'): EventBody {
  const of = { stage: 'spec', attempt: 1 };
  const gate = `${run}/spec/1`;
  switch (how) {
    case 'answered': {
      const answer = { choice: 'approve', note: '', digest: 'c'.repeat(64), by: 'ada', role: 'maintainer', at: sampleTime(1) } as const;
      return { type: 'gate.answered', ...of, gate, ...answer };
    }
    case 'expired':
      return { type: 'gate.expired', ...of, gate, at: sampleTime(1) };
    case 'forgone':
      return { type: 'stage.forgone', ...of, why: 'not needed' };
    case 'completed':
      return { type: 'stage.completed', ...of, outcome: 'failed', summary: 'timed out', durationMs: 1, output: {} };
    case 'reworked':
      return { type: 'rework.ordered', from: 'review', to: 'spec', objection: 'no', voids: [{ stage: 'plan', attempt: 1 }, of] };
    case 'cancelled':
      return { type: 'run.cancelled', by: 'ada', why: 'not needed' };
  }
}
