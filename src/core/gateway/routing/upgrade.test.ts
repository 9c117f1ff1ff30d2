import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rescueSigns } from './difficulty.ts';
import { modelOfAttempt, upgrade, type Upgrade, type UpgradeCause } from './upgrade.ts';

const plan = ['cheap', 'small', 'strong'];

it.each<[UpgradeCause, Upgrade]>([
  [{ kind: 'refused' }, { kind: 'fresh-attempt', model: 'small', at: 1 }],
  [{ kind: 'incapable' }, { kind: 'fresh-attempt', model: 'small', at: 1 }],
  [{ kind: 'asked' }, { kind: 'observed', wouldTake: 'small' }],
  [
    { kind: 'sign', sign: 'same-command-fails' },
    { kind: 'observed', wouldTake: 'small' },
  ],
  [
    { kind: 'sign', sign: 'red-for-long' },
    { kind: 'fresh-attempt', model: 'small', at: 1 },
  ],
])('after %j a job of a line on which only "red-for-long" pays goes on with %j', (cause, next) => {
  expect(upgrade(plan, 0, cause, ['red-for-long'])).toEqual(next);
});

it('a plan that is at its end goes to a person', () => {
  expect(upgrade(plan, 2, { kind: 'refused' }, [])).toEqual({ kind: 'plan-ends' });
  expect(upgrade([], 0, { kind: 'incapable' }, [])).toEqual({ kind: 'plan-ends' });
});

it('whatever an agent does within a session, a sign of being stuck is written down and no model is changed for it', () => {
  const calls = fc.array(fc.record({ call: fc.constantFrom('test', 'edit', 'build'), failed: fc.boolean() }), { maxLength: 40 });
  fc.assert(
    fc.property(calls, fc.integer({ min: 0, max: 1 }), (toolCalls, at) => {
      for (const sign of rescueSigns(toolCalls))
        expect(upgrade(plan, at, { kind: 'sign', sign }, [])).toEqual({ kind: 'observed', wouldTake: plan[at + 1] });
    }),
  );
});

it('each rework gives the stage to the next model of the plan, and the last one keeps it', () => {
  expect([1, 2, 3, 4].map((attempt) => modelOfAttempt(plan, attempt))).toEqual(['cheap', 'small', 'strong', 'strong']);
  expect(modelOfAttempt([], 1)).toBeNull();
});
