import { expect, it } from 'vitest';
import { placeOfKey } from './key-reference.ts';
import { partsOf, upstreamsOf, type Model } from './model.ts';
import { resolveSlot } from './resolve-slot.ts';

const model: Model = {
  upstreams: ['a/big', { at: 'b/big', price: 'unpriced' }],
  price: { asOf: '2026-11-20', input: 1, output: 2 },
  window: 1000,
  output: 100,
  capabilities: [],
  weights: 'open',
};
const config = {
  models: { strong: model, cheap: model },
  plans: { careful: ['cheap', 'strong'] },
  slots: { coder: 'careful', default: 'coder', reviewer: 'strong', open: 'auto', a: 'b', b: 'a', lost: 'nothing' },
};

it.each([
  ['default', { via: ['default', 'coder', 'careful'], plan: 'careful', models: ['cheap', 'strong'] }],
  ['reviewer', { via: ['reviewer', 'strong'], plan: null, models: ['strong'] }],
  ['cheap', { via: ['cheap'], plan: null, models: ['cheap'] }],
  ['careful', { via: ['careful'], plan: 'careful', models: ['cheap', 'strong'] }],
  ['auto', { via: ['auto'], plan: 'auto', models: ['strong', 'cheap'] }],
  ['open', { via: ['open', 'auto'], plan: 'auto', models: ['strong', 'cheap'] }],
  ['strong,cheap', { via: ['strong,cheap'], plan: 'strong,cheap', models: ['strong', 'cheap'] }],
  ['strong,coder', { via: ['strong,coder'], plan: 'strong,coder', models: ['strong', 'cheap'] }],
  ['strong,unknown', null],
  ['strong,', null],
  ['a', null],
  ['lost', null],
  ['unknown', null],
  ['constructor', null],
  ['__proto__', null],
])('leads from %s to what fills it', (name, resolved) => {
  expect(resolveSlot(config, name)).toEqual(resolved);
});

it('gives each upstream its own price', () => {
  expect(upstreamsOf(model)).toEqual([
    { at: 'a/big', price: model.price },
    { at: 'b/big', price: 'unpriced' },
  ]);
});

it('takes names apart at the first slash, and references of keys at the first colon', () => {
  expect(partsOf('house/qwen/qwen3-coder')).toEqual({ provider: 'house', model: 'qwen/qwen3-coder' });
  expect(placeOfKey('env:MODEL_KEY')).toEqual({ kind: 'env', name: 'MODEL_KEY' });
  expect(placeOfKey('file:/run/a:b')).toEqual({ kind: 'file', path: '/run/a:b' });
});
