import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RecordedCall } from '../../../core/ports/gateway/call-recorder.ts';
import { noUsage } from '../../../core/gateway/money/usage.ts';
import { fileRecorder } from './file-recorder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-record-'));
});
afterEach(() => rm(folder, { recursive: true }));

const secret = 'sk-ant-' + 'api03-abcdefghijklmnopqrstuvwxyz0123456789';

function call(id: string, request: string, chunks: readonly string[] = []): RecordedCall {
  return {
    id,
    at: 1,
    caller: { line: 'l', fleet: null, run: 'r', stage: null, station: 's' },
    key: 'k',
    protocol: 'messages',
    alias: 'coder',
    path: '/v1/messages',
    headers: {},
    request: Buffer.from(request),
    tries: [],
    answer: { status: 200, headers: {}, chunks: chunks.map((text, at) => ({ ms: at, bytes: Buffer.from(text) })), bytesDropped: 0 },
    ended: 'whole',
    usage: noUsage,
    estimated: false,
    cost: { kind: 'unpriced' },
    by: null,
    saved: null,
    ms: 1,
  };
}

async function lines(file: string): Promise<readonly { readonly [name: string]: unknown }[]> {
  const text = await readFile(file, 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly [name: string]: unknown }); // lines of JSON
}

it('keeps calls in their order, each with the times of its pieces', async () => {
  const file = join(folder, 'calls.jsonl');
  const recorder = await fileRecorder({ file, failed: () => undefined });
  recorder.take(call('1', '{"a":"ö"}', ['data: 1\n\n', 'data: ö\n\n']));
  recorder.take(call('2', '{}'));
  await recorder.close();
  expect(await lines(file)).toMatchObject([
    { v: 1, part: expect.any(String), text: '{"a":"ö"}' },
    {
      v: 1,
      id: '1',
      request: [expect.any(String)],
      answer: {
        text: 'data: 1\n\ndata: ö\n\n',
        pieces: [
          [0, 9],
          [1, 10],
        ],
      },
    },
    { text: '{}' },
    { id: '2' },
  ]);
});

it('keeps no secret, even one that came in two pieces', async () => {
  const file = join(folder, 'calls.jsonl');
  const recorder = await fileRecorder({ file, failed: () => undefined });
  recorder.take(call('1', JSON.stringify({ text: `the key is ${secret}` }), [secret.slice(0, 20), secret.slice(20)]));
  await recorder.close();
  expect(await readFile(file, 'utf8')).not.toContain(secret.slice(10, 40));
  expect(await lines(file)).toMatchObject([{ text: '{"text":"the key is [redacted:anthropic]"}' }, { answer: { redacted: true } }]);
});

it('writes what a session says again and again once, and can put each request together again', async () => {
  const file = join(folder, 'calls.jsonl');
  const recorder = await fileRecorder({ file, failed: () => undefined });
  const message = (at: number): object => ({ role: 'user', content: `message ${at} `.repeat(30) });
  const bodies = [3, 4, 5].map((count) =>
    JSON.stringify({ model: 'coder', messages: Array.from({ length: count }, (_, at) => message(at)), tools: [message(90), message(91)] }),
  );
  for (const [at, body] of bodies.entries()) recorder.take(call(String(at), body));
  await recorder.close();
  const all = await lines(file);
  const parts = new Map(all.flatMap(({ part, text }) => (typeof part === 'string' ? [[part, String(text)]] : [])));
  const calls = all.flatMap(({ request }) => (Array.isArray(request) ? [request as string[]] : [])); // ids of parts
  expect(calls.map((ids) => ids.map((id) => parts.get(id)).join(''))).toEqual(bodies);
  expect(all.filter(({ part }) => part !== undefined)).toHaveLength(parts.size);
  // The last message of a request ends with the list, so it is written anew when another follows.
  expect(parts.size).toBe(4 + 3 + 2);
});

it('says how many calls there was no room for', async () => {
  const file = join(folder, 'calls.jsonl');
  const recorder = await fileRecorder({ file, mostWaiting: 100, failed: () => undefined });
  recorder.take(call('1', 'x'.repeat(101)));
  recorder.take(call('2', 'x'.repeat(101)));
  recorder.take(call('3', 'x'));
  recorder.take(call('4', 'x'.repeat(101)));
  expect(recorder.dropped()).toBe(3);
  await recorder.close();
  expect(await lines(file)).toMatchObject([{ text: 'x' }, { id: '3', dropped: 2 }, { dropped: 1 }]);
});

it('is not begun where it cannot be written', async () => {
  await expect(fileRecorder({ file: join(folder, 'none', 'calls.jsonl'), failed: () => undefined })).rejects.toThrow(
    'cannot be taken down',
  );
});

it('holds no key of a provider, whatever it looks like: not in a request, an answer or a header', async () => {
  const file = join(folder, 'calls.jsonl');
  const keys = ['house-key-of-nobody', 'house-key-of-nobody-2', 'odd"key\\0', 'short'];
  const recorder = await fileRecorder({ file, keys, failed: (why) => expect.fail(why) });
  const said = 'my keys are house-key-of-nobody-2, house-key-of-nobody and odd"key\\0; short stays';
  recorder.take({ ...call('a', JSON.stringify({ said }), ['it is house-key-', 'of-nobody']), headers: { 'x-own': 'house-key-of-nobody' } });
  await recorder.close();
  const text = await readFile(file, 'utf8');
  expect(text).not.toMatch(/house-key|odd/);
  expect(text).toContain('short stays');
});
