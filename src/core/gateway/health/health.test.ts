import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterMark } from './after-mark.ts';
import { admit, answered, failed, healthy, rested, type Circuit } from './circuit.ts';
import { fastest } from './fastest.ts';
import { fullRate, given, take, type Rate } from './rate.ts';

const after = (count: number, step: (circuit: Circuit) => Circuit, from = healthy): Circuit =>
  Array.from({ length: count }).reduce<Circuit>((circuit) => step(circuit), from);
const down = after(4, (circuit) => failed(circuit, 1000));

describe('a circuit', () => {
  it('stays closed while failures are few', () => {
    expect(after(3, (circuit) => failed(circuit, 0)).phase).toBe('closed');
    expect(after(20, (circuit) => failed(answered(answered(answered(circuit, 100), 100), 100), 0)).phase).toBe('closed');
  });

  it('opens when they are many, and lets nobody through until its time', () => {
    expect(down).toMatchObject({ phase: 'open', until: 6000, opened: 1 });
    expect(admit(down, 5999).admitted).toBe('no');
  });

  it('then lets one through at a time, and another where that one was lost', () => {
    const first = admit(down, 6000);
    expect(first.admitted).toBe('probe');
    expect(admit(first.circuit, 6001).admitted).toBe('no');
    expect(admit(first.circuit, 66_000).admitted).toBe('probe');
  });

  it('closes when the probe is answered, and opens for twice as long when it is not', () => {
    const { circuit } = admit(down, 6000);
    expect(answered(circuit, 90)).toMatchObject({ phase: 'closed', errors: 0, opened: 0 });
    expect(failed(circuit, 7000)).toMatchObject({ phase: 'open', until: 17_000, opened: 2 });
  });

  it('never stays open for more than five minutes', () => {
    const worn = after(30, (circuit) => failed(admit(circuit, circuit.until).circuit, 0), down);
    expect(worn.until).toBe(300_000);
  });

  it('rests as long as it was asked to, whatever was still under way', () => {
    const resting = rested(healthy, 60_000);
    expect(admit(answered(resting, 80), 59_999).admitted).toBe('no');
    expect(admit(failed(resting, 0), 59_999).admitted).toBe('no');
    expect(rested(rested(healthy, 60_000), 10_000).until).toBe(60_000);
    expect(admit(resting, 60_000).admitted).toBe('probe');
  });

  it('knows how soon first content comes, the newest weighing a fifth', () => {
    expect(answered(answered(healthy, 100), 200).firstContentMs).toBeCloseTo(120);
  });

  it('lets somebody through again within five minutes, whatever happened', () => {
    const events = fc.array(fc.tuple(fc.constantFrom('ask', 'fail', 'answer'), fc.nat({ max: 20_000 })), { maxLength: 60 });
    fc.assert(
      fc.property(events, (history) => {
        let circuit = healthy;
        let now = 0;
        for (const [event, ms] of history) {
          now += ms;
          circuit = event === 'ask' ? admit(circuit, now).circuit : event === 'fail' ? failed(circuit, now) : answered(circuit, ms);
        }
        expect(admit(circuit, now + 300_000).admitted).not.toBe('no');
      }),
    );
  });
});

it.each([
  ['failed', null, { phase: 'closed', errors: 0.2 }],
  ['rests', 7000, { phase: 'open', until: 8000, errors: 0 }],
  ['rests', null, { phase: 'open', until: 6000 }],
  ['provider-cut', null, { phase: 'open', until: 301_000 }],
  ['model-cut', null, { phase: 'open', until: 301_000 }],
] as const)('after the mark "%s" (%s ms) a circuit is %j', (kind, restMs, circuit) => {
  expect(afterMark(healthy, { kind, restMs }, 1000)).toMatchObject(circuit);
});

it('a simple turn goes to whoever is fastest of those that are well', () => {
  const seen = (at: string, ms: number) => ({ at, circuit: answered(healthy, ms) });
  const unseen = { at: 'new/x', circuit: healthy };
  expect(fastest([unseen, seen('a/x', 900), seen('b/x', 300), { at: 'c/x', circuit: { ...down, firstContentMs: 5 } }])?.at).toBe('b/x');
  expect(fastest([{ at: 'c/x', circuit: down }, unseen])?.at).toBe('new/x');
  expect(fastest([{ at: 'c/x', circuit: down }])).toBeNull();
});

describe('the limits of a provider', () => {
  const ask = (rate: Rate, limits: Parameters<typeof take>[1], now: number, tokens = 100) => take(rate, limits, { tokens, now });

  it('are spread over the minute', () => {
    const limits = { rpm: 2 };
    const twice = ask(ask(fullRate(limits, 0), limits, 0).rate, limits, 0);
    expect(twice.kind).toBe('taken');
    expect(ask(twice.rate, limits, 0)).toMatchObject({ kind: 'wait', ms: 30_000 });
    expect(ask(twice.rate, limits, 30_000).kind).toBe('taken');
  });

  it('count the tokens that were used, not those that were feared', () => {
    const limits = { tpm: 1000 };
    const { rate } = ask(fullRate(limits, 0), limits, 0, 900);
    expect(ask(rate, limits, 0, 900)).toMatchObject({ kind: 'wait' });
    expect(ask(given(rate, { taken: 900, used: 100 }), limits, 0, 900).kind).toBe('taken');
  });

  it('let a request through that is larger than a minute, once the minute is full', () => {
    const limits = { tpm: 1000 };
    expect(ask(fullRate(limits, 0), limits, 0, 5000).kind).toBe('taken');
    const { rate } = ask(fullRate(limits, 0), limits, 0, 5000);
    expect(ask(rate, limits, 0, 10)).toMatchObject({ kind: 'wait', ms: 240_600 });
  });

  it('hold so many at once, and wait for one to end', () => {
    const limits = { concurrent: 1 };
    const { rate } = ask(fullRate(limits, 0), limits, 0);
    expect(ask(rate, limits, 0)).toMatchObject({ kind: 'wait', ms: null });
    expect(ask(given(rate, { taken: 100, used: 100 }), limits, 0).kind).toBe('taken');
  });

  it('are none where nothing is said, and a clock that goes back gives nothing away', () => {
    expect(ask(fullRate({}, 0), {}, 0, 1e9).kind).toBe('taken');
    const limits = { rpm: 1 };
    const { rate } = ask(fullRate(limits, 1000), limits, 1000);
    expect(ask(rate, limits, 0)).toMatchObject({ kind: 'wait', ms: 60_000 });
  });

  it('are never passed in any minute by more than one minute’s worth that was saved up', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 5000 }), { minLength: 1, maxLength: 200 }), (gaps) => {
        const limits = { rpm: 10 };
        let rate = fullRate(limits, 0);
        let now = 0;
        const taken: number[] = [];
        for (const gap of gaps) {
          now += gap;
          const answer = ask(rate, limits, now);
          rate = answer.rate;
          if (answer.kind === 'taken') taken.push(now);
        }
        for (const start of taken) expect(taken.filter((at) => at >= start && at < start + 60_000).length).toBeLessThanOrEqual(20);
      }),
    );
  });
});
