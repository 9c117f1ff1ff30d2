'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { Cart, loadCatalogue, standardRules } = require('../src');

const cart = (rules) => new Cart(loadCatalogue(), rules);

test('an empty cart costs nothing', () => assert.deepEqual(cart().bill(), { goods: 0, discount: 0, shipping: 0, total: 0 }));
test('adds up counts of one item', () => assert.equal(cart().add('tea-green', 2).add('tea-green').lines()[0].count, 3));
test('takes an item out again', () => assert.equal(cart().add('tea-green').remove('tea-green').lines().length, 0));
test('refuses an item that is not in the catalogue', () => assert.throws(() => cart().add('coffee'), /no such item: coffee/));
test('refuses half an item', () => assert.throws(() => cart().add('tea-green', 0.5), /not a count: 0.5/));
test('charges the minimum for a light parcel', () => assert.equal(cart().add('tea-green').bill().shipping, 490));
test('charges by weight for a heavier parcel', () => {
  assert.equal(cart({ shipping: { freeFrom: Infinity } }).add('pot-iron').bill().shipping, 630);
});
test('ships free from fifty euros', () => assert.equal(cart().add('pot-iron').bill().shipping, 0));
test('gives five percent from a hundred euros', () => {
  assert.deepEqual(cart().add('pot-iron', 2).bill(), { goods: 12800, discount: 640, shipping: 0, total: 12160 });
});
test('rules of a shop are merged over the standard ones', () => {
  const { rules } = cart({ shipping: { minimum: 0 } });
  assert.deepEqual(rules.shipping, { perKilo: 300, minimum: 0, freeFrom: 5000 });
});
test('merging leaves the standard rules alone', () => {
  cart({ discount: { percent: 50 } });
  assert.equal(standardRules.discount.percent, 5);
});
