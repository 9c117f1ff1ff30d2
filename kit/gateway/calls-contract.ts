import { beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../../src/core/gateway/budget/budget-rule.ts';
import { noUsage } from '../../src/core/gateway/money/usage.ts';
import type { CallLedger } from '../../src/core/ports/gateway/call-ledger.ts';
import type { CallRecorder, RecordedCall } from '../../src/core/ports/gateway/call-recorder.ts';

/** A record that is empty, and those who write and read it. */
export interface CallsInUse {
  readonly ledger: CallLedger;
  /** Takes calls down and returns when they are kept. */
  kept(work: (recorder: CallRecorder) => void | Promise<void>): Promise<void>;
}

const caller: Caller = { line: 'deps', fleet: null, run: 'deps-ms-1', stage: 'change', station: 'coder' };

/** One call as a gateway takes it down. */
export function recordedCall(
  id: string,
  more: Partial<RecordedCall> & { readonly said?: readonly string[]; readonly asked?: string } = {},
): RecordedCall {
  const { said = ['Hello'], asked = '{}', ...rest } = more;
  return {
    id,
    at: Date.parse('2026-11-30T12:00:00Z'),
    caller,
    key: 'abc',
    protocol: 'messages',
    alias: 'coder',
    path: '/v1/messages',
    headers: { 'user-agent': 'agent/1' },
    request: Buffer.from(asked),
    tries: [{ at: 'house/big', lane: 'pass-through', ms: 12.5, outcome: 'content', leftOut: [] }],
    answer: { status: 200, headers: { a: 'b' }, chunks: said.map((text, at) => ({ ms: at, bytes: Buffer.from(text) })), bytesDropped: 0 },
    ended: 'whole',
    usage: { ...noUsage, input: 100, cacheRead: 50, output: 7 },
    estimated: false,
    cost: { kind: 'priced', microUsd: 555, asOf: '2026-11-20' },
    by: { model: 'strong', at: 'house/big' },
    saved: 135,
    ms: 20,
    ...rest,
  };
}

/** What every record of calls promises. `open` gives one that is empty. */
export function callLedgerContract(name: string, open: () => Promise<CallsInUse>): void {
  describe(name, () => {
    let calls: CallsInUse;
    beforeEach(async () => {
      calls = await open();
    });
    const keep = (...all: readonly RecordedCall[]): Promise<void> =>
      calls.kept((recorder) => {
        for (const call of all) recorder.take(call);
      });

    it('keep all of a call, linked to run, stage and station', async () => {
      await keep(recordedCall('1', { asked: '{"a":"ö"}', said: ['data: 1\n\n', 'data: ö\n\n'] }));
      const { request: _, answer, ...call } = recordedCall('1');
      const [first, ...rest] = await calls.ledger.calls({ run: 'deps-ms-1', limit: 10 });
      expect(rest).toEqual([]);
      expect(first).toEqual({
        ...call,
        request: [expect.stringMatching(/^[0-9a-f]{64}$/)],
        answer: {
          status: 200,
          headers: answer.headers,
          body: expect.stringMatching(/^[0-9a-f]{64}$/),
          pieces: [
            [0, 9],
            [1, 10],
          ],
          bytesDropped: 0,
        },
        dropped: 0,
      });
      expect(await calls.ledger.said('1')).toEqual({ request: '{"a":"ö"}', answer: 'data: 1\n\ndata: ö\n\n' });
      expect(await calls.ledger.said('none')).toBeNull();
    });

    it('tell calls in the order in which they came, by run, stage, station, time and status', async () => {
      const at = (minute: number): number => Date.parse('2026-11-30T12:00:00Z') + minute * 60_000;
      await keep(
        recordedCall('b', { at: at(2), caller: { ...caller, station: 'reviewer', stage: 'review' } }),
        recordedCall('a', { at: at(1) }),
        recordedCall('c', { at: at(3), caller: { ...caller, run: 'deps-ms-2' }, answer: { ...recordedCall('c').answer, status: 402 } }),
      );
      const ids = async (filter: object, limit = 9): Promise<string> =>
        (await calls.ledger.calls({ ...filter, limit })).map(({ id }) => id).join('');
      expect([await ids({}), await ids({}, 2), await ids({ run: 'deps-ms-1' })]).toEqual(['abc', 'ab', 'ab']);
      expect([await ids({ station: 'reviewer' }), await ids({ stage: 'change' })]).toEqual(['b', 'ac']);
      expect(await ids({ since: new Date(at(2)).toISOString(), until: new Date(at(3)).toISOString() })).toBe('b');
      expect([await ids({ status: 402 }), await ids({ status: 402, run: 'deps-ms-1' })]).toEqual(['c', '']);
    });

    it('keep a call once, whoever takes it down again', async () => {
      await keep(recordedCall('1'), recordedCall('1', { ms: 99 }));
      expect((await calls.ledger.calls({ limit: 9 })).map(({ ms }) => ms)).toEqual([20]);
    });

    it('know of a call that is open, as far as it was seen last, until it has ended', async () => {
      const underWay = (output: number): RecordedCall =>
        recordedCall('1', { asked: '{"a":1}', said: [], ended: 'open', estimated: true, usage: { ...noUsage, input: 90, output } });
      const seen = async (): Promise<unknown> => ({
        calls: (await calls.ledger.calls({ limit: 9 })).map(({ id, ended }) => `${id} ${ended}`),
        sums: (await calls.ledger.spend([])).map(({ calls: count, usage, estimatedCalls }) => [count, usage.output, estimatedCalls]),
        said: await calls.ledger.said('1'),
      });
      await calls.kept(async (recorder) => {
        recorder.note(underWay(3));
        recorder.note(recordedCall('2', { said: [], ended: 'open' }));
        recorder.take(recordedCall('2'));
        await expect.poll(seen).toEqual({ calls: ['1 open', '2 whole'], sums: [[2, 10, 1]], said: { request: '{"a":1}', answer: '' } });
        recorder.note(underWay(40));
        await expect.poll(seen).toMatchObject({ calls: ['1 open', '2 whole'], sums: [[2, 47, 1]] });
        recorder.take(recordedCall('1', { asked: '{"a":1}', said: ['Hi'] }));
      });
      expect(await seen()).toEqual({ calls: ['1 whole', '2 whole'], sums: [[2, 14, 0]], said: { request: '{"a":1}', answer: 'Hi' } });
    });

    it('keep no secret, even one that came in two pieces', async () => {
      const secret = ['sk-ant-api03', 'abcdefghijklmnopqrstuvwxyz0123456789'].join('-');
      await keep(
        recordedCall('1', { asked: JSON.stringify({ text: `the key is ${secret}` }), said: [secret.slice(0, 20), secret.slice(20)] }),
      );
      const said = await calls.ledger.said('1');
      expect(said).toEqual({ request: '{"text":"the key is [redacted:anthropic]"}', answer: '[redacted:anthropic]' });
    });

    it('sum what calls came to by what is named, cache reads and writes apart, with the oldest date of a price', async () => {
      await keep(
        recordedCall('1'),
        recordedCall('2', { usage: { ...noUsage, cacheWrite5m: 40, cacheWrite1h: 2, reasoning: 3 }, estimated: true, saved: -10 }),
        recordedCall('3', {
          by: { model: 'cheap', at: 'cloud/small' },
          cost: { kind: 'priced', microUsd: 5, asOf: '2026-10-01' },
          caller: { ...caller, stage: null, station: 'reviewer' },
        }),
        recordedCall('4', { by: { model: 'free', at: 'house/free' }, cost: { kind: 'unpriced' }, saved: null }),
        recordedCall('5', { by: null, cost: { kind: 'unpriced' }, ended: 'refused', usage: noUsage }),
      );
      expect(await calls.ledger.spend([])).toEqual([
        {
          of: {},
          calls: 4,
          usage: { input: 300, cacheRead: 150, cacheWrite5m: 40, cacheWrite1h: 2, output: 21, reasoning: 3 },
          cost: { microUsd: 1115, unpricedCalls: 1, asOf: '2026-10-01' },
          saved: 260,
          estimatedCalls: 1,
        },
      ]);
      const brief = async (...by: Parameters<CallLedger['spend']>): Promise<unknown> =>
        (await calls.ledger.spend(...by)).map(({ of, cost }) => [...Object.values(of), cost.microUsd]);
      expect(await brief(['model'])).toEqual([
        ['strong', 1110],
        ['cheap', 5],
        ['free', 0],
      ]);
      expect(await brief(['run', 'stage', 'station'])).toEqual([
        ['deps-ms-1', 'change', 'coder', 1110],
        ['deps-ms-1', null, 'reviewer', 5],
      ]);
      expect(await brief(['provider', 'day'])).toEqual([
        ['house', '2026-11-30', 1110],
        ['cloud', '2026-11-30', 5],
      ]);
      expect(await brief(['model'], { station: 'reviewer' })).toEqual([['cheap', 5]]);
      expect(await calls.ledger.spend(['model'], { run: 'none' })).toEqual([]);
      expect(await calls.ledger.spend([], { run: 'none' })).toEqual([]);
    });
  });
}
