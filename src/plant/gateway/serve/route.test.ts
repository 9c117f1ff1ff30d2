import { describe, expect, it } from 'vitest';
import { addressOf } from '../upstream/address.ts';
import { addressParts, protocolAt, routeOf } from './route.ts';

describe('an address', () => {
  it.each([
    ['/g/jk-1/v1/messages?beta=true', 'jk-1', '/v1/messages', 'beta=true'],
    ['/v1beta/models/coder:streamGenerateContent?key=jk-2&alt=sse', 'jk-2', '/v1beta/models/coder:streamGenerateContent', 'alt=sse'],
    ['/v1/messages', null, '/v1/messages', ''],
    ['/g/jk-1', 'jk-1', '', ''],
  ])('%s is taken apart, and its key is in no part that goes on', (url, token, path, query) => {
    expect(addressParts(url)).toEqual({ token, path, query });
  });

  it.each([
    ['POST', '/v1/messages', { protocol: 'messages', what: 'answer' }],
    ['POST', '/v1/messages/', { protocol: 'messages', what: 'answer' }],
    ['POST', '/messages/count_tokens', { protocol: 'messages', what: 'count' }],
    ['POST', '/v1/responses', { protocol: 'responses', what: 'answer' }],
    ['POST', '/chat/completions', { protocol: 'chat', what: 'answer' }],
    ['POST', '/v1beta/models/a%2Fb:generateContent', { protocol: 'generate-content', model: 'a/b', stream: false }],
    ['POST', '/v1beta/models/coder:streamGenerateContent', { stream: true }],
    ['POST', '/v1beta/models/coder:countTokens', { what: 'count' }],
    ['GET', '/v1/models', { kind: 'models', shape: 'data', name: null }],
    ['GET', '/v1beta/models/coder', { kind: 'models', shape: 'models', name: 'coder' }],
  ])('%s %s is known', (method, path, route) => {
    expect(routeOf(method, path)).toMatchObject(route);
  });

  it.each([
    ['GET', '/v1/models', {}, 'chat'],
    ['GET', '/v1/models/none', { 'anthropic-version': '2023-06-01' }, 'messages'],
    ['POST', '/v1/messages/batches', {}, 'messages'],
    ['POST', '/v1/responses/resp_1/cancel', {}, 'responses'],
    ['GET', '/v1beta/models', {}, 'generate-content'],
    ['POST', '/v1beta/models/coder:embedContent', {}, 'generate-content'],
    ['GET', '/', {}, 'chat'],
  ])('%s %s with %j tells of errors in the words of its protocol', (method, path, headers, protocol) => {
    expect(protocolAt(routeOf(method, path), path, headers)).toBe(protocol);
  });

  it.each([
    ['GET', '/v1/messages'],
    ['POST', '/v1/constructor'],
    ['POST', '/v1beta/models/coder:constructor'],
    ['POST', '/v1/models'],
    ['GET', '/'],
    ['POST', ''],
    ['DELETE', '/v1/models'],
  ])('%s %s is not', (method, path) => {
    expect(routeOf(method, path)).toEqual({ kind: 'unknown' });
  });
});

describe('the address of an upstream', () => {
  const asking = { model: 'big', what: 'answer', stream: false, query: '' } as const;

  it.each([
    ['https://api.example.com', 'messages', 'https://api.example.com/v1/messages'],
    ['https://api.example.com/', 'messages', 'https://api.example.com/v1/messages'],
    ['http://10.0.0.5:8000/v1', 'chat', 'http://10.0.0.5:8000/v1/chat/completions'],
    ['https://example.com/api/v1', 'responses', 'https://example.com/api/v1/responses'],
    ['https://example.com/api/paas/v4', 'chat', 'https://example.com/api/paas/v4/chat/completions'],
    ['https://example.com', 'generate-content', 'https://example.com/v1beta/models/big:generateContent'],
    ['https://example.com/v1beta', 'generate-content', 'https://example.com/v1beta/models/big:generateContent'],
  ] as const)('%s, spoken to in %s, is %s', (base, protocol, url) => {
    expect(addressOf(base, { ...asking, protocol })).toBe(url);
  });

  it('keeps what the caller asked behind the question mark', () => {
    expect(addressOf('https://a.example', { ...asking, protocol: 'messages', query: 'beta=true' })).toMatch(/\?beta=true$/);
  });
});
