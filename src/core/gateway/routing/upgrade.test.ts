import { expect, it } from 'vitest';
import { upgrade, type Upgrade, type UpgradeCause } from './upgrade.ts';

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
