import { describe, expect, it } from 'vitest';
import { type Fault, refusalOf } from '../index.ts';

const google = (status: string, message: string, details: readonly object[] = []): object => ({
  error: { code: 400, message, status, details },
});
const claude = (message: string, type = 'invalid_request_error'): object => ({ type: 'error', error: { type, message } });
const flat = (message: string, more: object = {}): object => ({ object: 'error', message, type: 'BadRequestError', code: 400, ...more });
const inError = (message: string, more: object = {}): object => ({ error: { message, type: 'invalid_request_error', ...more } });

describe('a refusal that is not told by its status', () => {
  it.each<[string, object, Fault['kind'], number?]>([
    ['Anthropic', claude('Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing.'), 'quota'],
    ['Anthropic', claude('You have reached your specified API usage limits. You will regain access on 2026-12-01.'), 'quota'],
    ['Anthropic', claude('You have reached your specified workspace API usage limits. You will regain access on 2026-12-01.'), 'quota'],
    ['Anthropic', claude('This organization has been disabled.'), 'denied'],
    ['Anthropic', claude('invalid x-api-key', 'authentication_error'), 'login'],
    ['Google', google('INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [{ reason: 'API_KEY_INVALID' }]), 'login'],
    ['Google', google('INVALID_ARGUMENT', 'API key expired. Please renew the API key.'), 'login'],
    ['Google', google('INVALID_ARGUMENT', 'Der Schlüssel gilt nicht.', [{ reason: 'API_KEY_INVALID' }]), 'login'],
    ['Google', google('FAILED_PRECONDITION', 'User location is not supported for the API use.'), 'denied'],
    ['Google', google('FAILED_PRECONDITION', 'Gemini API free tier is not available in your country. Please enable billing.'), 'denied'],
    ['Qwen', inError('Access denied, please make sure your account is in good standing.', { code: 'Arrearage' }), 'quota'],
    ['xAI', { code: 'Client specified an invalid argument', error: 'Incorrect API key provided: xa***.' }, 'login'],
    ['OpenAI', inError('Billing hard limit has been reached', { code: 'billing_hard_limit_reached' }), 'quota'],
    ['Moonshot', inError('Your account is suspended, please check your plan', { type: 'exceeded_current_quota_error' }), 'quota', 429],
    ['Z.ai', { error: { code: '1113', message: 'Insufficient balance or no resource package. Please recharge.' } }, 'quota', 429],
  ])('of %s is of the account: %j', (_, body, kind, status = 400) => {
    expect(refusalOf(status, JSON.stringify(body), null).kind).toBe(kind);
  });

  it.each<[string, object, number?]>([
    ['Together', inError('Unable to access model x. Please visit https://api.together.ai/models', { code: 'model_not_available' }), 404],
    ['Together', inError('Unable to access model x. Please visit https://api.together.ai/models'), 404],
    ['Moonshot', { error: { message: 'Not found the model x or Permission denied', type: 'resource_not_found_error' } }, 404],
    ['Z.ai', { error: { code: '1211', message: 'Unknown Model, please check the model code.' } }],
    ['Copilot', inError('The requested model is not supported.', { code: 'model_not_supported', param: 'model' })],
    ['a copy of it', inError('The requested model is not supported.')],
    ['Hugging Face', inError("The requested model 'x/y' is not supported by any provider you have enabled.")],
    ['llama-swap', { error: 'could not find real modelID for x' }],
    ['Bedrock', { message: 'The provided model identifier is invalid.' }],
    ['Bedrock', { message: 'Invocation of model ID x.y-v1:0 with on-demand throughput isn’t supported. Retry with an inference profile.' }],
    ['Bedrock', { message: "You don't have access to the model with the specified model ID." }, 403],
    ['LiteLLM', inError('litellm.BadRequestError: BedrockException - {"message":"The provided model identifier is invalid."}')],
    ['a house', { error: 'The model `x` does not exist.' }],
    ['Ollama', inError('model "x" not found, try pulling it first', { type: 'api_error' }), 404],
  ])('of %s is of a model that it has not: %j', (_, body, status = 400) => {
    expect(refusalOf(status, JSON.stringify(body), null).kind).toBe('unknown');
  });

  it.each<[string, object, number?]>([
    ['Ollama', inError('registry.ollama.ai/library/gemma:2b does not support tools', { type: 'api_error' })],
    ['Ollama', inError('"gemma:2b" does not support thinking', { type: 'api_error' })],
    ['Ollama', claude('this model does not support image input (ref: 1)')],
    ['vLLM', flat('"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set')],
    ['vLLM', flat('some/x is not a multimodal model None')],
    ['vLLM', flat('At most 0 image(s) may be provided in one prompt.')],
    ['llama.cpp', { error: { code: 500, message: 'tools param requires --jinja flag', type: 'server_error' } }, 500],
    ['llama.cpp', { error: { code: 500, message: 'image input is not supported - hint: you may need to provide the mmproj' } }, 500],
    ['llama.cpp', { error: { code: 400, message: 'image input is not supported - hint: you may need to provide the mmproj' } }],
    ['Google', google('INVALID_ARGUMENT', 'Function calling is not enabled for models/gemma-3')],
    ['Google', google('INVALID_ARGUMENT', 'Image input modality is not enabled for models/gemma-3')],
    ['Bedrock', { message: "This model doesn't support tool use in streaming mode." }],
    ['DeepSeek', inError('deepseek-reasoner does not support Function Calling')],
    [
      'DeepSeek',
      inError('Failed to deserialize the JSON body into the target type: messages[0]: unknown variant `image_url`, expected `text`'),
    ],
    ['OpenAI', inError('Invalid content type. image_url is only supported by certain models.')],
    ['Copilot', inError('model x is not accessible via this endpoint', { code: 'unsupported_api_for_model' })],
    ['LiteLLM', inError('litellm.BadRequestError: AnthropicException - {"error":{"message":"Your credit balance is too low to access"}}')],
  ])('of %s is of what it cannot do, or of one model of its many: %j', (_, body, status = 400) => {
    expect(refusalOf(status, JSON.stringify(body), null)).toMatchObject({ kind: 'unsupported', status: 400 });
  });

  it.each<[string, object, number?]>([
    ['llama.cpp', inError('Too much', { type: 'exceed_context_size_error' })],
    ['llama.cpp', inError('the request exceeds the available context size, try increasing it')],
    ['llama.cpp', inError('request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it')],
    ['llama.cpp', inError('input is too large to process. increase the physical batch size', { type: 'server_error' }), 500],
    ['llama.cpp', inError('context size exceeded'), 500],
    ['SGLang', flat("The input (5000 tokens) is longer than the model's context length (4096 tokens).")],
    ['SGLang', flat('Input length (5000 tokens) exceeds the maximum allowed length (4091 tokens). Use a shorter input.')],
    ['vLLM', flat('The decoder prompt (length 5000) is longer than the maximum model length of 4096.')],
    ['vLLM', flat("'max_tokens' or 'max_completion_tokens' is too large: 64. This model's maximum context length is 40 tokens.")],
    [
      'LM Studio',
      {
        error:
          'Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens',
      },
    ],
    ['LM Studio', { error: 'Reached context length of 4096 tokens with this model.' }],
    ['LM Studio', { error: 'The number of tokens to keep from the initial prompt is greater than the context length.' }],
    [
      'TGI',
      { error: 'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000', error_type: 'validation' },
      422,
    ],
    ['TGI', { error: 'Input validation error: `inputs` must have less than 1024 tokens. Given: 3000', error_type: 'validation' }, 422],
    ['xAI', { code: 'Invalid', error: "This model's maximum prompt length is 131072 but the request contains 200000 tokens." }],
    ['MiniMax', claude('invalid params, context window exceeds limit (2013)', 'bad_request_error')],
    ['Moonshot', inError('Invalid request: Your request exceeded model token limit: 8192')],
    ['Z.ai', { error: { code: '1261', message: 'Prompt exceeds max length' } }],
    ['Copilot', inError('prompt token count of 150000 exceeds the limit of 128000', { code: 'model_max_prompt_tokens_exceeded' })],
    ['Anthropic', claude('input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease input length')],
    ['Groq', inError('Please reduce the length of the messages or completion.', { param: 'messages' })],
    ['Qwen', inError('<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 98304]')],
    ['SiliconFlow', { code: 20015, message: 'length of prompt_tokens (163280) must be less than max_seq_len (32768).' }],
    ['Ollama', { error: 'prompt too long; exceeded max context length by 12 tokens' }],
    ['LiteLLM', inError('litellm.BadRequestError: AnthropicException - {"type":"error","error":{"message":"prompt is too long: 9 > 8"}}')],
    ['a proxy', inError(`Error code: 400 - {'error': {'message': "This model's maximum context length is 9 tokens."}}`)],
  ])('of %s is of a prompt that is too long: %j', (_, body, status = 400) => {
    expect(refusalOf(status, JSON.stringify(body), null)).toMatchObject({ kind: 'context-overflow', status: 400 });
  });

  it.each([claude('Request exceeds the maximum size', 'request_too_large'), inError('Request Entity Too Large')])(
    'with 413 is of what is too large: %j',
    (body) => {
      expect(refusalOf(413, JSON.stringify(body), null)).toMatchObject({ kind: 'too-large', status: 413 });
    },
  );

  it.each<[object, Fault['kind']?, number?]>([
    [claude('tools.0.name: "context length" exceeds 64 characters')],
    [claude("tools.0.description: 'the prompt is too long for the model' is no description")],
    [claude('tools.0.custom.input_schema: property `prompt is too long` is not allowed')],
    [claude('tools.0.input is too long: at most 100 characters')],
    [claude('messages.0: Your credit balance is too low')],
    [claude('messages.3.content: "Your credit balance is too low to access the Anthropic API" is no block')],
    [claude('Authentication error while communicating with MCP server: Invalid API key.')],
    [claude('Invalid API key for the MCP server x')],
    [claude('Unable to download the file: This organization has been disabled.')],
    [inError("Invalid value: 'API key not valid. Please pass a valid API key.'", { param: 'input' })],
    [inError('Invalid value for tool: the model x does not exist', { param: 'tools' })],
    [inError('Invalid model_parameters: not an object', { param: 'model_parameters' })],
    [inError("Unsupported parameter: 'temperature' does not support 0.2 with this model.", { param: 'temperature' })],
    [inError("Unsupported value: 'reasoning.effort' does not support 'max'.", { param: 'reasoning.effort' })],
    [inError('The function x does not exist among the tools')],
    [google('INVALID_ARGUMENT', 'Request contains an invalid argument: user location is not supported'), 'bad-request'],
    [google('INVALID_ARGUMENT', 'The tool get_api_key: API key expired. Please renew the API key.'), 'bad-request'],
    [inError('Slow down. You have exceeded your usage limit for this minute.'), 'rate-limit', 429],
    [inError('You have exceeded your usage limits for this minute.'), 'rate-limit', 429],
    [inError('Key of another: bad', { type: 'authentication_error' }), 'server', 500],
    [inError('Broken: x does not support tools', { type: 'api_error' }), 'server', 500],
  ])('of one request alone is not misread by what it quotes: %j', (body, kind = 'bad-request', status = 400) => {
    expect(refusalOf(status, JSON.stringify(body), null).kind).toBe(kind);
  });

  it('is read in no time, however long and strange it is', () => {
    const pieces = [
      'context length ',
      'input token count ',
      'the model ',
      '"a ',
      "'a ",
      '`a ',
      'a ',
      'litellm.A: ',
      'a',
      '{"message": "',
      'api ',
    ];
    const startedAt = performance.now();
    for (const piece of pieces)
      for (const status of [400, 403, 404, 429, 500])
        refusalOf(status, JSON.stringify({ error: { message: piece.repeat(500_000 / piece.length) } }), null);
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });
});
