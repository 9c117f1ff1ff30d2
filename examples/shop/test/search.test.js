'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { search, highlight, loadCatalogue } = require('../src');

const skus = (words) => search(loadCatalogue(), words).map((item) => item.sku);

test('finds a word whatever its case', () => assert.deepEqual(skus('GREEN'), ['tea-green']));
test('finds items that have every word', () => assert.deepEqual(skus('tea black'), ['tea-black']));
test('takes brackets as text', () => assert.deepEqual(skus('[smoked]'), ['tea-mate']));
test('takes a plus as text', () => assert.deepEqual(skus('blue +'), ['cup-blue']));
test('takes a dot as text', () => assert.deepEqual(skus('1.2'), ['pot-iron']));
test('finds nothing for an unknown word', () => assert.deepEqual(skus('coffee'), []));
test('no words find everything', () => assert.equal(skus('  ').length, 6));
test('marks every hit', () => assert.equal(highlight('Tea and tea', 'tea'), '<b>Tea</b> and <b>tea</b>'));
test('marks a hit with brackets', () => assert.equal(highlight('Green tea (100 g)', '(100'), 'Green tea <b>(100</b> g)'));
