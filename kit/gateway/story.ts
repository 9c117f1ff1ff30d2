import type { LaneProtocol, LaneTongue } from './lane.ts';

/** A conversation with everything that was lost by a gateway before, in the words of each API. */
export const story = {
  system: 'You mend programs.',
  instruction: 'Answer in English.',
  task: 'Look at this.',
  image: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  said: 'I look.',
  read: { id: 'call_read', name: 'read_file', input: { path: 'src/a.ts' }, result: 'ENOENT: no such file' },
  view: { id: 'call_view', name: 'view', input: { file: 'ä.png', deep: { list: [1, null, true] } }, result: 'The picture:' },
  more: 'Go on.',
} as const;

const parameters = { type: 'object', properties: { path: { type: 'string' } }, required: ['path'], additionalProperties: false };

/** Whether a caller of an API can say that a result is an error, and put an image into one. */
export const canSay: Readonly<Record<LaneTongue, { readonly error: boolean; readonly image: boolean }>> = {
  messages: { error: true, image: true },
  responses: { error: false, image: true },
  chat: { error: false, image: false },
  'generate-content': { error: true, image: true },
  // Some packages tell of errors, and some leave the mark out.
  sdk: { error: false, image: true },
};

/** The story as a request of each API, with what its agents send beside it. */
export const requests: Readonly<Record<LaneProtocol, { readonly [member: string]: unknown }>> = {
  messages: {
    model: 'alias',
    max_tokens: 4_000,
    stream: true,
    system: [
      { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.329; cc_entrypoint=cli;' },
      { type: 'text', text: story.system, cache_control: { type: 'ephemeral', ttl: '1h' } },
    ],
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: story.task },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: story.image } },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'A thought of another model.', signature: 'c2lnbmVk' },
          { type: 'redacted_thinking', data: 'cmVkYWN0ZWQ=' },
          { type: 'text', text: story.said },
          { type: 'tool_use', id: story.read.id, name: story.read.name, input: story.read.input },
          { type: 'tool_use', id: story.view.id, name: story.view.name, input: story.view.input },
        ],
      },
      { role: 'system', content: story.instruction },
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: story.view.id,
            content: [
              { type: 'text', text: story.view.result },
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: story.image } },
            ],
          },
          { type: 'tool_result', tool_use_id: story.read.id, content: story.read.result, is_error: true },
          { type: 'text', text: story.more, cache_control: { type: 'ephemeral' } },
        ],
      },
    ],
    tools: [
      { name: story.read.name, description: 'Reads.', input_schema: parameters, eager_input_streaming: true },
      { type: 'custom', name: story.view.name, description: 'Shows.', input_schema: parameters, cache_control: { type: 'ephemeral' } },
    ],
    tool_choice: { type: 'any' },
    metadata: { user_id: 'user_1' },
    context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
    diagnostics: { previous_message_id: null },
    a_field_of_tomorrow: { any: ['thing'] },
  },
  responses: {
    model: 'alias',
    stream: true,
    instructions: story.system,
    input: [
      {
        type: 'message',
        role: 'user',
        content: [
          { type: 'input_text', text: story.task },
          { type: 'input_image', image_url: `data:image/png;base64,${story.image}` },
        ],
      },
      {
        type: 'reasoning',
        id: 'rs_1',
        summary: [{ type: 'summary_text', text: 'A thought of another model.' }],
        encrypted_content: 'Z0FBQUFB',
      },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: story.said, annotations: [] }] },
      { type: 'function_call', call_id: story.read.id, name: story.read.name, arguments: JSON.stringify(story.read.input) },
      { type: 'function_call', call_id: story.view.id, name: story.view.name, arguments: JSON.stringify(story.view.input) },
      { type: 'message', role: 'developer', content: [{ type: 'input_text', text: story.instruction }] },
      {
        type: 'function_call_output',
        call_id: story.view.id,
        output: [
          { type: 'input_text', text: story.view.result },
          { type: 'input_image', image_url: `data:image/png;base64,${story.image}` },
        ],
      },
      { type: 'function_call_output', call_id: story.read.id, output: story.read.result },
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: story.more }] },
    ],
    tools: [
      { type: 'function', name: story.read.name, description: 'Reads.', strict: false, parameters },
      { type: 'function', name: story.view.name, description: 'Shows.', strict: false, parameters },
      { type: 'web_search', external_web_access: true },
    ],
    tool_choice: 'required',
    max_output_tokens: 4_000,
    parallel_tool_calls: true,
    reasoning: null,
    store: false,
    include: ['reasoning.encrypted_content'],
    prompt_cache_key: '019a',
    client_metadata: { x: 'y' },
    a_field_of_tomorrow: { any: ['thing'] },
  },
  chat: {
    model: 'alias',
    stream: true,
    stream_options: { include_usage: true },
    messages: [
      { role: 'system', content: story.system },
      {
        role: 'user',
        content: [
          { type: 'text', text: story.task },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${story.image}`, detail: 'auto' } },
        ],
      },
      {
        role: 'assistant',
        content: story.said,
        reasoning_content: 'A thought of another model.',
        tool_calls: [
          { id: story.read.id, type: 'function', function: { name: story.read.name, arguments: JSON.stringify(story.read.input) } },
          { id: story.view.id, type: 'function', function: { name: story.view.name, arguments: JSON.stringify(story.view.input) } },
        ],
      },
      { role: 'developer', content: story.instruction },
      { role: 'tool', tool_call_id: story.view.id, content: story.view.result },
      { role: 'tool', tool_call_id: story.read.id, content: [{ type: 'text', text: story.read.result }] },
      { role: 'user', content: story.more, name: 'me' },
    ],
    tools: [
      { type: 'function', function: { name: story.read.name, description: 'Reads.', parameters } },
      { type: 'function', function: { name: story.view.name, description: 'Shows.', parameters, strict: false } },
    ],
    tool_choice: 'required',
    max_completion_tokens: 4_000,
    user: 'user_1',
    a_field_of_tomorrow: { any: ['thing'] },
  },
  'generate-content': {
    systemInstruction: { role: 'user', parts: [{ text: story.system }] },
    contents: [
      { role: 'user', parts: [{ text: story.task }, { inlineData: { mimeType: 'image/png', data: story.image } }] },
      {
        role: 'model',
        parts: [
          { text: 'A thought of another model.', thought: true },
          { text: story.said },
          { functionCall: { id: story.read.id, name: story.read.name, args: story.read.input }, thoughtSignature: 'c2lnbmVk' },
          { functionCall: { id: story.view.id, name: story.view.name, args: story.view.input } },
        ],
      },
      {
        role: 'user',
        parts: [
          {
            functionResponse: {
              id: story.view.id,
              name: story.view.name,
              response: { output: story.view.result },
              parts: [{ inlineData: { mimeType: 'image/png', data: story.image } }],
            },
          },
          { functionResponse: { id: story.read.id, name: story.read.name, response: { error: story.read.result } } },
          { text: story.more },
        ],
      },
    ],
    tools: [
      {
        functionDeclarations: [
          { name: story.read.name, description: 'Reads.', parametersJsonSchema: parameters },
          { name: story.view.name, description: 'Shows.', parametersJsonSchema: parameters },
        ],
      },
    ],
    toolConfig: { functionCallingConfig: { mode: 'ANY' } },
    generationConfig: { maxOutputTokens: 4_000 },
    safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
    a_field_of_tomorrow: { any: ['thing'] },
  },
};

export { parameters as storyParameters };
