import { describe, expect, it } from 'vitest';
import { laneProtocols } from '../../../../../kit/gateway/index.ts';
import { faultOf, refusalOf, replyError } from '../index.ts';

describe('an error of an upstream', () => {
  it.each([
    [429, '{"type":"error","error":{"type":"rate_limit_error","message":"Slow down"}}', 'rate-limit'],
    [529, '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}', 'overloaded'],
    [
      400,
      '{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 9 tokens > 8 maximum"}}',
      'context-overflow',
    ],
    [429, '{"error":{"message":"No money","type":"insufficient_quota","code":"insufficient_quota"}}', 'quota'],
    [400, '{"error":{"message":"Too much","code":"context_length_exceeded"}}', 'context-overflow'],
    [401, '{"error":{"message":"Bad key","code":"invalid_api_key"}}', 'login'],
    [503, '{"error":{"code":503,"message":"Busy","status":"UNAVAILABLE"}}', 'overloaded'],
    [
      400,
      '[{"error":{"code":400,"message":"The input token count (9) exceeds the maximum","status":"INVALID_ARGUMENT"}}]',
      'context-overflow',
    ],
    [
      400,
      '{"error":{"type":"invalid_request_error","message":"messages.1.content.0: Invalid `signature` in `thinking` block"}}',
      'foreign-thinking',
    ],
    [
      400,
      '{"error":{"code":400,"message":"Function call is missing a thought_signature","status":"INVALID_ARGUMENT"}}',
      'foreign-thinking',
    ],
    [
      400,
      '{"error":{"message":"The encrypted content for item rs_1 could not be verified.","code":"invalid_encrypted_content"}}',
      'foreign-thinking',
    ],
    [
      400,
      '{"error":{"type":"invalid_request_error","message":"A maximum of 4 blocks with cache_control may be provided. Found 5."}}',
      'cache-marks',
    ],
    [404, '{"error":"model \\"x\\" not found, try pulling it first"}', 'unknown'],
    [422, '{"detail":"Unprocessable"}', 'bad-request'],
    [408, '', 'timeout'],
    [502, '<html><title>Bad Gateway</title><script>x()</script></html>', 'overloaded'],
    [500, '{"message":"Broken"}', 'server'],
    [418, '{"a_format":"of tomorrow"}', 'bad-request'],
    [503, 'upstream connect error', 'overloaded'],
  ] as const)('%i %s is heard as what it is', (status, text, kind) => {
    const fault = refusalOf(status, text, null);
    expect([fault.kind, fault.message]).toEqual([kind, expect.stringMatching(/\w/)]);
    expect(fault.message).not.toMatch(/<|x\(\)/);
  });

  it('says when to come back, wherever that stood', () => {
    const info = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '7s' };
    const text = JSON.stringify({ error: { code: 429, message: 'Quota', status: 'RESOURCE_EXHAUSTED', details: [info] } });
    expect(refusalOf(429, text, null)).toMatchObject({ kind: 'rate-limit', retryAfter: 7 });
    expect(refusalOf(429, text, 3)).toMatchObject({ retryAfter: 3 });
  });

  it('tells no key', () => {
    const key = `sk-ant-${'a'.repeat(40)}`;
    for (const text of [`{"error":{"message":"Incorrect API key provided: ${key}"}}`, `Bad key ${key}`])
      expect(refusalOf(401, text, null).message).not.toContain(key);
  });
});

describe('an error for a caller', () => {
  it.each(laneProtocols)('is in the words of %s', (from) => {
    const { status, body, retryAfter } = replyError(from, faultOf('overloaded', 'Busy', 5));
    expect([status, retryAfter]).toEqual([from === 'messages' ? 529 : 503, 5]);
    const words = {
      messages: 'overloaded_error',
      responses: 'server_is_overloaded',
      chat: 'server_is_overloaded',
      'generate-content': 'UNAVAILABLE',
    };
    expect(body).toMatchObject({ error: { message: 'Busy' } });
    expect(JSON.stringify(body)).toContain(words[from]);
  });

  it('of an overflow has the words by which agents know one', () => {
    const fault = faultOf('context-overflow', 'Too much.');
    const known = {
      messages: /"prompt is too long/,
      responses: /context_length_exceeded/,
      chat: /context_length_exceeded/,
      'generate-content': /input token count .*exceeds/,
    };
    for (const from of laneProtocols) expect(JSON.stringify(replyError(from, fault).body)).toMatch(known[from]);
  });
});
