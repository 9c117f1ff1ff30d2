'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { Cart, loadCatalogue, shipsBy, promise, isHeld } = require('../src');

const now = new Date('2026-03-01T12:00:00Z');
const lines = (...skus) => skus.reduce((cart, sku) => cart.add(sku), new Cart(loadCatalogue())).lines();

test('ships when the slowest item is ready', () => {
  assert.equal(shipsBy(lines('tea-green', 'cup-red'), now).toISOString(), '2026-03-03T12:00:00.000Z');
});
test('knows parts of a week', () => {
  assert.equal(shipsBy(lines('pot-iron'), now).toISOString(), '2026-03-12T00:00:00.000Z');
});
test('an empty cart ships at once', () => assert.equal(shipsBy([], now).getTime(), now.getTime()));
test('promises one day in words', () => assert.equal(promise(lines('tea-black'), now), '1 day'));
test('promises many days in words', () => assert.equal(promise(lines('tea-mate'), now), '3 days'));
test('refuses a duration it cannot read', () => {
  assert.throws(() => shipsBy([{ item: { ships: 'soon' } }], now), /not a duration: soon/);
});
test('holds a cart for twenty minutes', () => assert.ok(isHeld(new Date('2026-03-01T11:41:00Z'), now)));
test('lets a cart go after twenty minutes', () => assert.ok(!isHeld(new Date('2026-03-01T11:40:00Z'), now)));
