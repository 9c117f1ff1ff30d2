import { expect, test } from 'vitest';
import type { BlobRef } from '../../../core/evidence/fact.ts';
import type { SessionEvent } from '../../../core/station/session-event.ts';
import { hearLines, longestLine } from './hear-lines.ts';
import { openSession, type AgentError } from './session.ts';
import { sameCalls } from './watch-loop.ts';

const stored: { readonly label: string; readonly bytes: number; readonly text: string }[] = [];
const blobs = {
  put: async (
    content: string | Uint8Array,
    { label, mediaType }: { readonly label: string; readonly mediaType: string },
  ): Promise<BlobRef> => {
    const bytes = Buffer.from(content);
    stored.push({ label, bytes: bytes.length, text: bytes.toString('utf8') });
    return { sha256: '0'.repeat(64), bytes: bytes.length, label, mediaType };
  },
};

function open(): { readonly session: ReturnType<typeof openSession>; readonly enough: AgentError[]; readonly understood: unknown[] } {
  stored.length = 0;
  const enough: AgentError[] = [];
  const clock = { now: () => '2026-01-01T00:00:00.000Z' };
  return { session: openSession({ name: 'agent', clock, enough: (why) => enough.push(why) }), enough, understood: [] };
}

async function* chunks(count: number, chunk: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < count; at += 1) yield chunk;
}

test('a flood of 100 MB is heard to its end and kept as a few', async () => {
  const { session, understood } = open();
  const line = Buffer.from(`${JSON.stringify({ type: 'text', text: 'x'.repeat(1000) })}\n`.repeat(64));
  const times = Math.ceil((100 * 1024 * 1024) / line.length);
  await hearLines(chunks(times, line), session, (value) => {
    understood.push(0);
    session.tell({ type: 'message', text: JSON.stringify(value) });
  });
  expect(understood).toHaveLength(64 * times);
  await session.store(blobs);
  expect(stored.map(({ label }) => label).toSorted()).toEqual(['agent, events', 'agent, stream']);
  for (const { bytes } of stored) expect(bytes).toBeLessThan(5 * 1024 * 1024);
  for (const text of (stored[0]?.text ?? '').trim().split('\n')) expect(() => JSON.parse(text) as unknown).not.toThrow();
});

test('a line of 50 MB is passed over, and the one after it is read', async () => {
  const { session, understood } = open();
  async function* output(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('{"a":"');
    yield* chunks(50, Buffer.alloc(1024 * 1024, 'x'));
    yield Buffer.from('"}\n{"b":1}\n');
  }
  await hearLines(output(), session, (value) => understood.push(value));
  expect(understood).toEqual([{ b: 1 }]);
  expect(50 * 1024 * 1024).toBeGreaterThan(longestLine);
  expect(session.lastError()).toBeNull();
});

test('bytes that are no text are noticed, a few times, and nothing else comes of them but an error of the protocol', async () => {
  const { session, understood } = open();
  const told: SessionEvent[] = [];
  const noise = Buffer.from(Array.from({ length: 4096 }, (_none, at) => (at * 7) % 256));
  await hearLines(chunks(500, noise), { heard: session.heard, tell: (event) => told.push(event) }, (value) => understood.push(value));
  expect(understood).toEqual([]);
  expect(told.filter(({ type }) => type === 'notice')).toHaveLength(5);
  expect(told.at(-1)).toMatchObject({ type: 'error', class: 'protocol' });
});

test('a letter that is cut between two pieces is whole again', async () => {
  const { session, understood } = open();
  const bytes = Buffer.from('{"a":"ü🦀"}\n');
  async function* output(): AsyncGenerator<Uint8Array> {
    for (const byte of bytes) yield Uint8Array.of(byte);
  }
  await hearLines(output(), session, (value) => understood.push(value));
  expect(understood).toEqual([{ a: 'ü🦀' }]);
});

test('the very same call again and again is a loop, and told once', () => {
  const { session, enough } = open();
  const call = (id: number, path: string): SessionEvent => ({
    ...({ type: 'tool.started', name: 'read', kind: 'read', title: 'read' } as const),
    id: String(id),
    input: { path },
  });
  for (let at = 1; at < sameCalls; at += 1) session.tell(call(at, 'a'));
  session.tell(call(0, 'b'));
  for (let at = 1; at < sameCalls; at += 1) session.tell(call(at, 'a'));
  expect(enough).toEqual([]);
  for (let at = 0; at < 3; at += 1) session.tell(call(at, 'a'));
  expect(enough).toMatchObject([{ class: 'loop' }]);
  expect(session.lastError()).toMatchObject({ class: 'loop' });
});

test('an error is the last word until the agent thinks or acts again', () => {
  const { session } = open();
  session.tell({ type: 'error', class: 'server', status: 500, retryAfterMs: null, message: 'no' });
  session.tell({ type: 'turn.ended', said: 'success' });
  expect(session.lastWord()).toMatchObject({ class: 'server' });
  session.tell({ type: 'message', text: 'Again.' });
  expect(session.lastWord()).toBeNull();
  expect(session.lastError()).toMatchObject({ class: 'server' });
});
