import { describe, expect, it } from 'vitest';
import { laneProtocols } from '../../../../../kit/gateway/index.ts';
import { type Fault, faultOf, refusalOf, replyError } from '../index.ts';

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

  const openai = (message: string, more: object = {}): object => ({
    error: { message, type: 'invalid_request_error', param: null, code: null, ...more },
  });
  const anthropic = (type: string, message: string): object => ({ type: 'error', error: { type, message } });
  it.each<[string, number, unknown, Fault['kind']]>([
    ['OpenAI', 404, openai('The model `x` does not exist or you do not have access to it.', { code: 'model_not_found' }), 'unknown'],
    ['OpenAI', 403, openai('Project `p` does not have access to model `x`', { code: 'model_not_found' }), 'unknown'],
    ['OpenAI', 400, openai("The requested model 'x' does not exist.", { code: 'model_not_found' }), 'unknown'],
    ['OpenAI', 404, openai('This model is only supported in v1/responses.', { param: 'model' }), 'unknown'],
    ['OpenAI', 404, openai('Invalid URL (POST /v1/v1/responses)'), 'unknown'],
    [
      'OpenAI',
      404,
      openai("Item with id 'rs_1' not found. Items are not persisted when `store` is set to false.", { param: 'input' }),
      'missing',
    ],
    ['OpenAI', 404, openai('No such File object: file-1'), 'missing'],
    ['OpenAI', 400, openai("Previous response with id 'r' not found.", { code: 'previous_response_not_found' }), 'missing'],
    ['OpenAI', 404, openai("Conversation with id 'the model x does not exist' not found."), 'missing'],
    ['OpenAI', 403, openai('Country, region, or territory not supported', { code: 'unsupported_country_region_territory' }), 'denied'],
    ['OpenAI', 403, openai('Your access was terminated due to violation of our content policy.'), 'denied'],
    ['Azure', 404, { error: { code: 'DeploymentNotFound', message: 'The API deployment for this resource does not exist.' } }, 'unknown'],
    ['Azure', 404, { error: { code: '404', message: 'Resource not found' } }, 'unknown'],
    ['Anthropic', 404, anthropic('not_found_error', 'model: claude-x'), 'unknown'],
    ['Anthropic', 404, anthropic('not_found_error', 'Not Found'), 'unknown'],
    ['Anthropic', 404, anthropic('not_found_error', 'File not found: file_abc'), 'missing'],
    ['Anthropic', 403, anthropic('permission_error', 'Your API key does not have permission to use the specified resource.'), 'denied'],
    ['Google', 404, { error: { code: 404, message: 'models/x is not found for API version v1beta', status: 'NOT_FOUND' } }, 'unknown'],
    ['Google', 404, { error: { code: 404, message: 'Publisher Model `projects/p/x` was not found', status: 'NOT_FOUND' } }, 'unknown'],
    [
      'Google',
      403,
      {
        error: { code: 403, message: 'You do not have permission to access the File f or it may not exist.', status: 'PERMISSION_DENIED' },
      },
      'missing',
    ],
    [
      'Google',
      403,
      { error: { code: 403, message: 'CachedContent not found (or permission denied)', status: 'PERMISSION_DENIED' } },
      'missing',
    ],
    ['Google', 403, { error: { code: 403, message: 'Generative Language API is disabled', status: 'PERMISSION_DENIED' } }, 'denied'],
    ['OpenRouter', 404, { error: { code: 404, message: 'No endpoints found for some/model.' } }, 'unknown'],
    ['OpenRouter', 404, { error: { code: 404, message: 'No endpoints found that support image input' } }, 'unsupported'],
    ['OpenRouter', 400, { error: { code: 400, message: 'some/model is not a valid model ID' } }, 'unknown'],
    ['OpenRouter', 403, { error: { code: 403, message: 'x requires moderation on y. Your input was flagged for "violence".' } }, 'flagged'],
    ['OpenRouter', 402, { error: { code: 402, message: 'This request requires more credits, or fewer max_tokens.' } }, 'unaffordable'],
    ['OpenRouter', 402, { error: { code: 402, message: 'Insufficient credits. Add more.' } }, 'quota'],
    [
      'xAI',
      403,
      { code: 'No permission', error: 'Content violates usage guidelines. Team: t, Failed check: SAFETY_CHECK_TYPE_X' },
      'flagged',
    ],
    ['xAI', 404, { code: 'Not there', error: 'The model x does not exist or your team t does not have access to it.' }, 'unknown'],
    ['vLLM', 404, { object: 'error', message: 'The model `x` does not exist.', type: 'NotFoundError', param: null, code: 404 }, 'unknown'],
    ['vLLM', 404, openai("Response with id 'resp_1' not found.", { param: 'response_id', code: 404 }), 'missing'],
    ['vLLM', 404, { detail: 'Not Found' }, 'unknown'],
    ['Ollama', 404, { error: { message: "model 'x' not found", type: 'not_found_error', param: null, code: null } }, 'unknown'],
    ['llama.cpp', 404, { error: { code: 404, message: 'File Not Found', type: 'not_found_error' } }, 'unknown'],
    ['LiteLLM', 400, openai('/chat/completions: Invalid model name passed in model=x. Call `/v1/models`', { param: 'model' }), 'unknown'],
    ['LiteLLM', 404, openai('litellm.NotFoundError: OpenAIException - The model `x` does not exist.', { code: '404' }), 'unknown'],
    [
      'LiteLLM',
      404,
      openai('litellm.NotFoundError: AnthropicException - {"type":"error","error":{"type":"not_found_error","message":"model: x"}}'),
      'unknown',
    ],
    ['LiteLLM', 404, openai("litellm.NotFoundError: OpenAIException - Item with id 'rs_1' not found."), 'missing'],
    ['a server that fails', 500, { error: { message: 'Shard of file 3 is away', code: 'not_found' } }, 'server'],
    ['whoever says nothing', 404, { error: { type: 'not_found_error' } }, 'unknown'],
  ])('of %s (%i %j) is of the kind that every request hears, or of this one alone', (_, status, body, kind) => {
    expect(refusalOf(status, JSON.stringify(body), null).kind).toBe(kind);
  });

  it.each([404, 403])('that is a page tells nothing of a request (%i)', (status) => {
    const page = '<html><title>Sorry, your input was blocked</title>file not found: file_abc</html>';
    expect(refusalOf(status, page, null).kind).toBe(status === 404 ? 'unknown' : 'denied');
    expect(refusalOf(status, '', null).kind).toBe(status === 404 ? 'unknown' : 'denied');
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
