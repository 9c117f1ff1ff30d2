'use strict';

const { test } = require('node:test');
const assert = require('node:assert/strict');
const { isTill, anonymise } = require('../src');

test('knows a till by its address', () => assert.ok(isTill('10.20.3.4')));
test('an address outside is no till', () => assert.ok(!isTill('10.21.3.4')));
test('a name is no till', () => assert.ok(!isTill('till-3')));
test('hides the last part of an address', () => assert.equal(anonymise('192.0.2.77'), '192.0.2.0'));
