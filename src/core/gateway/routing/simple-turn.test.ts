import fc from 'fast-check';
import { expect, it } from 'vitest';
import { orderForTurn } from './simple-turn.ts';

const simple = { messages: ['Write a title for this.'], toolCalls: [] };

it('a simple turn goes to the fastest model of the slot, and before that to one that nobody has seen', () => {
  expect(orderForTurn(['strong', 'cheap'], simple, { strong: 900, cheap: 200 })).toEqual(['cheap', 'strong']);
  expect(orderForTurn(['strong', 'new', 'cheap'], simple, { strong: 900, cheap: 200 })).toEqual(['new', 'cheap', 'strong']);
  expect(orderForTurn(['strong', 'cheap'], simple, {})).toEqual(['strong', 'cheap']);
});

it('any other turn, and one among tools, is left to the plan', () => {
  const seen = { strong: 900, cheap: 200 };
  expect(orderForTurn(['strong', 'cheap'], { ...simple, messages: ['Why does src/a.ts fail?'] }, seen)).toEqual(['strong', 'cheap']);
  expect(orderForTurn(['strong', 'cheap'], { ...simple, toolCalls: [{ call: 'ls', failed: false }] }, seen)).toEqual(['strong', 'cheap']);
});

it('no model is lost or added, whatever the turn and what was seen', () => {
  const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'constructor', '__proto__'));
  fc.assert(
    fc.property(names, fc.string(), fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.nat()), (models, message, seen) => {
      expect([...orderForTurn(models, { messages: [message], toolCalls: [] }, seen)].toSorted()).toEqual([...models].toSorted());
    }),
  );
});
