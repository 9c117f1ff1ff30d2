'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { toCents, formatMoney, percentOf } = require('../src');

test('reads a whole price', () => assert.equal(toCents('12'), 1200));
test('reads a price with one digit after the point', () => assert.equal(toCents('12.5'), 1250));
test('reads a price with two digits after the point', () => assert.equal(toCents('0.07'), 7));
test('refuses what is not a price', () => assert.throws(() => toCents('1,50'), /not a price: 1,50/));
// Known bug: 1.005 * 100 is 100.49999999999999 in binary floating point.
test('rounds half a cent up', () => assert.equal(toCents('1.005'), 101));
test('writes cents with two digits', () => assert.equal(formatMoney(1250, 'EUR'), '12.50 EUR'));
test('takes a share in whole cents', () => assert.equal(percentOf(999, 5), 50));
