import { afterEach, expect, it } from 'vitest';
import { http, message, rawUpstream } from './raw-upstream.ts';
import { modelAt, serve } from './served.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

const completion = JSON.stringify({
  id: 'c1',
  object: 'chat.completion',
  created: 1,
  model: 'twin',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Fine.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 },
});

const paths: Readonly<Record<string, string>> = { messages: '/v1/messages', chat: '/v1/chat/completions', responses: '/v1/responses' };

/** Sends a body in one API through a model that is spoken to in another, and gives what its upstream was sent. */
async function sent(
  text: string,
  { from, to, more }: { readonly from: string; readonly to: string; readonly more: object },
): Promise<string> {
  const upstream = await rawUpstream((socket) => socket.write(http(200, to === 'messages' ? message : completion)));
  const served = await serve({ house: { base: upstream.url, protocols: [to] } }, { models: { strong: modelAt(['house/big'], more) } });
  open.push(upstream, served);
  const response = await fetch(`${served.keyed}${paths[from]}`, { method: 'POST', body: text });
  expect(await response.text()).toContain('Fine.');
  return upstream.requests[0]?.split('\r\n\r\n')[1] ?? '';
}

const plain = '{"model":"coder","max_tokens":9,"system":"Be good.","messages":[{"role":"user","content":"Go."}]}';
const chat = '{"model":"coder","messages":[{"role":"user","content":"Go."}]}';
const insert = { cacheMarks: 'insert' };

it('a request without marks gets them where its model is to have them, and in no other model', async () => {
  const ways = { from: 'messages', to: 'messages' };
  expect(await sent(plain, { ...ways, more: insert })).toBe(
    '{"model":"big","max_tokens":9,"system":[{"type":"text","text":"Be good.","cache_control":{"type":"ephemeral"}}],' +
      '"messages":[{"role":"user","content":[{"type":"text","text":"Go.","cache_control":{"type":"ephemeral"}}]}]}',
  );
  expect(await sent(plain, { ...ways, more: {} })).toBe(plain.replace('coder', 'big'));
});

it('marks that a caller has set stay as they are, and none is added', async () => {
  const own = plain.replace('"Be good."', '[{"type":"text","text":"Be good.","cache_control":{"type":"ephemeral","ttl":"1h"}}]');
  expect(await sent(own, { from: 'messages', to: 'messages', more: insert })).toBe(own.replace('coder', 'big'));
});

it('a translated request to the Messages API is marked', async () => {
  expect(await sent(chat, { from: 'chat', to: 'messages', more: insert })).toContain('"text":"Go.","cache_control":{"type":"ephemeral"}');
});

it('a request to an API that goes by a key gets the one of its session, the same for each of its calls', async () => {
  const ways = { from: 'chat', to: 'chat', more: insert };
  const first = await sent(chat, ways);
  expect(first).toMatch(/^\{"prompt_cache_key":"[0-9a-f]{24}","model":"big","messages"/);
  const grown = chat.replace(']}', ',{"role":"assistant","content":"x"},{"role":"user","content":"On."}]}');
  const key = (text: string): unknown => /"prompt_cache_key":"([^"]*)"/.exec(text)?.[1];
  expect(key(await sent(grown, ways))).toBe(key(first));
  expect(key(await sent(plain, { from: 'messages', to: 'chat', more: insert }))).toMatch(/^[0-9a-f]{24}$/);
  expect(await sent(chat, { ...ways, more: {} })).toBe(chat.replace('coder', 'big'));
});

it('a key that a caller has set stays, in a translation too', async () => {
  const own = chat.replace('{', '{"prompt_cache_key":"mine",');
  expect(await sent(own, { from: 'chat', to: 'chat', more: insert })).toBe(own.replace('coder', 'big'));
  const responses = '{"model":"coder","prompt_cache_key":"mine","input":"Go."}';
  expect(await sent(responses, { from: 'responses', to: 'chat', more: insert })).toContain('"prompt_cache_key":"mine"');
});
