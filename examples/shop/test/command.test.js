'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { run, usage } = require('../src/command');

const now = new Date('2026-03-01T12:00:00Z');

test('says how it is used', () => assert.equal(run([]), usage));
test('prints what a search found', () => assert.equal(run(['search', 'iron']), 'pot-iron  Iron pot 1.2 l  64.00 EUR'));
test('says that a search found nothing', () => assert.equal(run(['search', 'coffee']), 'nothing found'));
test('prints a bill', () => assert.equal(run(['bill', 'tea-green=2', 'cup-red'], now), '26.40 EUR, ships in 2 days'));
test('prints a bill as JSON', () => {
  assert.deepEqual(JSON.parse(run(['bill', 'pot-iron', '--json'], now)), {
    goods: 6400,
    discount: 0,
    shipping: 0,
    total: 6400,
    ships: '11 days',
  });
});
test('knows -j for --json', () => assert.equal(JSON.parse(run(['-j', 'bill', 'tea-mate'], now)).goods, 620));
test('gives staff prices at a till', () => {
  assert.equal(run(['bill', 'cup-blue', '--from', '10.20.0.9'], now), '21.01 EUR, ships in 2 days');
});
test('gives no staff prices elsewhere', () => {
  assert.equal(run(['bill', 'cup-blue', '--from', '192.0.2.9'], now), '22.80 EUR, ships in 2 days');
});
