import { describe, expect, it } from 'vitest';
import type { Protocol } from '../../../core/gateway/config/protocol.ts';
import { askedOf } from './asked.ts';

function seen(
  protocol: Protocol,
  members: object | string,
): { readonly elsewhere: boolean; readonly pictures: number; readonly shows: boolean } {
  const text = typeof members === 'string' ? members : JSON.stringify(members);
  const asked = askedOf(Buffer.from(`{"model":"a",${text.slice(1)}`), protocol);
  if (asked.kind !== 'asked') throw new Error(asked.message);
  return { elsewhere: asked.elsewhere, ...asked.references };
}

const said = (...content: readonly object[]): object => ({ messages: [{ role: 'user', content }] });
const input = (...content: readonly object[]): object => ({ input: [{ role: 'user', content }] });
const parts = (...all: readonly object[]): object => ({ contents: [{ parts: all }] });
const page = `JVBERi0xLjcK${'AAAA'.repeat(20)}`;

describe('what a body only refers to', () => {
  it.each<[string, Protocol, object | string]>([
    ['an answer before it', 'responses', { previous_response_id: 'resp_1', input: 'go on' }],
    ['a conversation', 'responses', { conversation: { id: 'conv_1' }, input: 'go on' }],
    ['a prompt that is kept there', 'responses', { prompt: { id: 'pmpt_1' } }],
    ['an item', 'responses', { input: [{ type: 'item_reference', id: 'msg_1' }] }],
    ['a file', 'responses', input({ type: 'input_file', file_id: 'file-1' })],
    ['a file by its address', 'responses', input({ type: 'input_file', file_url: 'https://files.example/a.pdf' })],
    ['a search', 'responses', { tools: [{ type: 'web_search_preview_2025_03_11' }], input: 'x' }],
    ['tools of a server', 'responses', { tools: [{ type: 'mcp', server_url: 'https://mcp.example' }], input: 'x' }],
    ['a file', 'chat', said({ type: 'file', file: { file_id: 'file-1' } })],
    ['a search', 'chat', { web_search_options: {} }],
    ['a document by its address', 'messages', said({ type: 'document', source: { type: 'url', url: 'https://files.example/a.pdf' } })],
    ['the same, its type told last', 'messages', said({ source: { url: 'https://files.example/a', type: 'url' }, type: 'document' })],
    ['a file', 'messages', said({ type: 'document', source: { type: 'file', file_id: 'file_1' } })],
    ['the same, written with escapes', 'messages', '{"messages":[{"source":{"ty\\u0070e":"f\\u0069le" , "file_\\u0069d" : "file_1"}}]}'],
    ['a search', 'messages', { tools: [{ type: 'web_search_20250305', name: 'web_search' }] }],
    ['a page that is fetched', 'messages', { tools: [{ type: 'web_fetch_20250910', name: 'web_fetch' }] }],
    ['tools of a server', 'messages', { mcp_servers: [{ type: 'url', url: 'https://mcp.example' }] }],
    ['pages, which are as long as they are once they are unpacked', 'messages', said({ type: 'document', source: { data: page } })],
    ['a file', 'generate-content', parts({ fileData: { fileUri: 'https://files.example/a' } })],
    ['the same with underlines', 'generate-content', parts({ file_data: { file_uri: 'https://files.example/a' } })],
    ['what is kept in a cache', 'generate-content', { cachedContent: 'cachedContents/1' }],
    ['a search', 'generate-content', { tools: [{ google_search: {} }] }],
  ])('may be as long as a prompt can be: %s (%s)', (_, protocol, members) => {
    expect(seen(protocol, members).elsewhere).toBe(true);
  });

  it.each<[string, Protocol, object, number]>([
    ['that has an address', 'messages', said({ type: 'image', source: { type: 'url', url: 'https://pictures.example/a' } }), 1],
    ['that has an address', 'chat', said({ type: 'image_url', image_url: { url: 'https://pictures.example/a' } }), 1],
    ['that has an address', 'responses', input({ type: 'input_image', image_url: 'https://pictures.example/a' }), 1],
    ['that the body holds', 'chat', said({ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo' } }), 0],
    ['that the body holds', 'responses', input({ type: 'input_image', image_url: 'data:image/png;base64,iVBORw0KGgo' }), 0],
  ])('is a picture and no more: one %s (%s)', (_, protocol, members, pictures) => {
    expect(seen(protocol, members)).toMatchObject({ elsewhere: false, pictures });
  });

  it.each<[string, Protocol, object, boolean]>([
    ['small', 'messages', said({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo' } }), true],
    ['small', 'responses', input({ type: 'input_image', image_url: 'data:image/png;base64,iVBORw0KGgo' }), true],
    ['small', 'chat', said({ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo' } }), true],
    ['small', 'generate-content', parts({ inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo' } }), true],
    ['elsewhere', 'messages', said({ type: 'image', source: { type: 'url', url: 'https://pictures.example/a' } }), true],
    ['elsewhere', 'generate-content', parts({ file_data: { mime_type: 'IMAGE/PNG', file_uri: 'https://files.example/a' } }), true],
    ['none', 'messages', said({ type: 'text', text: '{"type":"image"}' }), false],
    ['none', 'generate-content', parts({ fileData: { mimeType: 'application/pdf', fileUri: 'https://files.example/a' } }), false],
    [
      'none',
      'chat',
      { tools: [{ function: { parameters: { properties: { mimeType: { type: 'string' }, image_url: { type: 'string' } } } } }] },
      false,
    ],
  ])('shows a picture, however small it is and wherever it lies: %s (%s)', (_, protocol, members, shows) => {
    expect(seen(protocol, members).shows).toBe(shows);
  });

  it.each<[string, Protocol, object]>([
    ['a text about it', 'messages', said({ type: 'text', text: '{"type":"file","file_id":"file_1","fileUri":"x"}' })],
    [
      'the schema of a tool',
      'chat',
      { tools: [{ type: 'function', function: { name: 'web_search', parameters: { properties: { file_id: { type: 'string' } } } } }] },
    ],
    ['a call of such a tool', 'messages', said({ type: 'tool_use', name: 'read', input: { file_id: '1', url: 'https://files.example' } })],
    ['what a search has found', 'messages', said({ type: 'web_search_tool_result', content: [{ type: 'web_search_result', title: 'x' }] })],
    ['a document that is a text', 'messages', said({ type: 'document', source: { type: 'text', data: 'x' } })],
    ['a member that says nothing', 'responses', { previous_response_id: null, conversation: null, input: 'x' }],
  ])('is nothing in %s (%s)', (_, protocol, members) => {
    expect(seen(protocol, members)).toMatchObject({ elsewhere: false, pictures: 0, shows: false });
  });
});
