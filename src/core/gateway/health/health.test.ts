import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterMark } from './after-mark.ts';
import { admit, answered, failed, healthy, rested, type Circuit } from './circuit.ts';
import { afterTold } from './told.ts';

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
  ['rests', 86_400_000, { phase: 'open', until: 86_401_000 }],
  ['failed', 7000, { phase: 'closed', errors: 0.2 }],
  ['provider-cut', 86_400_000, { phase: 'open', until: 301_000 }],
  ['provider-cut', null, { phase: 'open', until: 301_000 }],
  ['model-cut', null, { phase: 'open', until: 301_000 }],
] as const)('after the mark "%s" (%s ms) a circuit is %j', (kind, restMs, circuit) => {
  expect(afterMark(healthy, { kind, restMs }, 1000)).toMatchObject(circuit);
});

describe('a circuit that others tell of', () => {
  it('is open until the same moment, and opens for longer the next time', () => {
    const told = afterTold(healthy, { inMs: 500, opened: 2, probeInMs: null }, 1000);
    expect(told).toMatchObject({ phase: 'open', until: 1500, opened: 2 });
    expect([admit(told, 1499).admitted, admit(told, 1500).admitted]).toEqual(['no', 'probe']);
  });

  it('is left alone while somebody tries it, and for no longer than his try may last', () => {
    const tried = afterTold(down, { inMs: -5, opened: 1, probeInMs: 60_000 }, 1000);
    expect([admit(tried, 60_999).admitted, admit(tried, 61_000).admitted]).toEqual(['no', 'probe']);
  });

  it('is closed where they tell nothing any more', () => {
    const seen = { firstContentMs: 80, tokenMs: 20 };
    expect(afterTold({ ...down, ...seen }, null, 1000)).toEqual({ ...healthy, ...seen });
  });
});
