'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { parseCatalogue, loadCatalogue, printCatalogue } = require('../src');

test('loads the catalogue of the shop', () => assert.equal(loadCatalogue().items.length, 6));
test('keeps the order of the shelves', () => assert.equal(loadCatalogue().items[3].sku, 'cup-red'));
test('finds an item by its sku', () => assert.equal(loadCatalogue().bySku.get('pot-iron').price, 6400));
test('reads comments, bare keys and trailing commas', () => {
  const catalogue = parseCatalogue("{ currency: 'EUR', /* shelf */ items: [{ sku: 'a', price: 0x10, },], }");
  assert.deepEqual(catalogue.items, [{ sku: 'a', price: 16 }]);
});
test('names line and column of a syntax error', () => {
  assert.throws(() => parseCatalogue('{ items: [\n  { sku: }\n] }'), /invalid character '}' at 2:10/);
});
test('refuses a price that is not in whole cents', () => {
  assert.throws(() => parseCatalogue("{ items: [{ sku: 'a', price: 1.5 }] }"), /a: price must be whole cents/);
});
test('refuses a sku that is listed twice', () => {
  assert.throws(() => parseCatalogue("{ items: [{ sku: 'a', price: 1 }, { sku: 'a', price: 2 }] }"), /a: listed twice/);
});
test('items cannot be changed', () => assert.ok(Object.isFrozen(loadCatalogue().items[0])));
test('a printed catalogue reads back the same', () => {
  const catalogue = loadCatalogue();
  assert.deepEqual(parseCatalogue(printCatalogue(catalogue)).items, catalogue.items);
});
test('prints bare keys', () => assert.match(printCatalogue(loadCatalogue()), /^ {2}currency: 'EUR',$/m));
