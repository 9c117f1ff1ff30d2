import { describe, expect, it } from 'vitest';
import {
  answerStreams,
  laneProtocols,
  type LaneProtocol,
  memoryCalls,
  recordedCall,
  story,
  storyRequests,
} from '../../../../kit/gateway/index.ts';
import type { RecordedCall } from '../../../core/ports/gateway/call-recorder.ts';
import type { TracedCall } from '../../../core/ports/gateway/model-trace.ts';
import { hearCalls } from './index.ts';

const stream = { status: 200, headers: { 'content-type': 'text/event-stream' }, bytesDropped: 0 };
const paths: Readonly<Record<LaneProtocol, string>> = {
  messages: '/v1/messages',
  responses: '/v1/responses',
  chat: '/v1/chat/completions',
  'generate-content': '/v1beta/models/coder:streamGenerateContent',
};

/** A call with the story in the words of a protocol, or with another body. */
function call(id: string, protocol: LaneProtocol, more: Partial<RecordedCall> = {}, body: object = storyRequests[protocol]): RecordedCall {
  const chunks = answerStreams[protocol].map((text) => ({ ms: 1, bytes: Buffer.from(text) }));
  const request = Buffer.from(JSON.stringify(body));
  return { ...recordedCall(id), protocol, path: paths[protocol], request, answer: { ...stream, chunks }, ...more };
}

async function traced(...calls: readonly RecordedCall[]): Promise<readonly TracedCall[]> {
  const { recorder, ledger } = memoryCalls((text) => text);
  for (const one of calls) recorder.take(one);
  const found: TracedCall[] = [];
  for await (const one of hearCalls(ledger, { run: 'deps-ms-1' })) found.push(one.traced);
  return found;
}

describe.each(laneProtocols)('a trace of calls by %s', (protocol) => {
  it('tells what came in and what the model said, with calls, results and thoughts apart', async () => {
    const [first] = await traced(call('one', protocol));
    expect(first?.system).toContain(story.system);
    expect(first?.heard).toContainEqual({ by: 'user', kind: 'text', name: null, text: story.task });
    expect(first?.heard).toContainEqual(
      expect.objectContaining({ by: 'tool', kind: 'result', name: 'read_file', text: expect.stringContaining('ENOENT') }),
    );
    expect(first?.said).toContainEqual({ by: 'assistant', kind: 'text', name: null, text: 'Both, änd at ønce 👍.' });
    expect(first?.said.filter(({ kind }) => kind === 'call').map(({ name }) => name)).toEqual(['read_file', 'view']);
    expect(first?.trouble).toBeNull();
  });

  it('tells of each call only what is new in it', async () => {
    const [, again] = await traced(call('one', protocol), call('two', protocol, { at: Date.parse('2026-11-30T12:01:00Z') }));
    expect([again?.conversation, again?.system, again?.heard]).toEqual([1, null, []]);
  });

  it('tells what was said until an answer broke off, and that it did', async () => {
    const cut = answerStreams[protocol].join('').slice(0, -40);
    const broken = call('one', protocol, { ended: 'broken-off', answer: { ...stream, chunks: [{ ms: 1, bytes: Buffer.from(cut) }] } });
    const [only] = await traced(broken);
    expect(only?.said.some(({ text }) => text.includes('Both'))).toBe(true);
    expect(only?.trouble).toBe('it broke off');
  });
});

it('a trace tells conversations of one stage apart, and what nobody understands as that', async () => {
  const other = { ...storyRequests.messages, messages: [{ role: 'user', content: 'Another task.' }] };
  const error = { status: 529, headers: { 'content-type': 'application/json' }, bytesDropped: 0 };
  const words = '{"type":"error","error":{"type":"overloaded_error","message":"Come back later."}}';
  const calls = await traced(
    call('one', 'messages'),
    call('two', 'messages', {}, other),
    call('three', 'messages', { request: Buffer.from('not json') }),
    call('four', 'messages', { ended: 'refused', answer: { ...error, chunks: [{ ms: 1, bytes: Buffer.from(words) }] } }),
    call('five', 'messages', { ended: 'left', answer: { ...error, chunks: [] } }),
  );
  const of = new Map(calls.map((one) => [one.call.id, one]));
  expect(of.get('two')?.conversation).not.toBe(of.get('one')?.conversation);
  expect(of.get('three')?.trouble).toBe('its request is not one of its protocol');
  expect(of.get('four')).toMatchObject({ said: [], trouble: '529: Come back later.' });
  expect(of.get('five')).toMatchObject({ said: [], trouble: 'its caller left before an answer' });
});

describe('a conversation', () => {
  const task = { model: 'coder', max_tokens: 9, messages: [{ role: 'user', content: 'Mend it.' }] };
  const going = {
    ...task,
    messages: [...task.messages, { role: 'assistant', content: 'Both.' }, { role: 'user', content: 'Go on.' }],
  };
  const failed = {
    ended: 'refused',
    answer: { status: 529, headers: {}, bytesDropped: 0, chunks: [{ ms: 1, bytes: Buffer.from('{}') }] },
  } as const;
  const numbers = async (...asked: readonly (readonly [body: object, more?: Partial<RecordedCall>])[]): Promise<readonly number[]> => {
    const start = Date.parse('2026-11-30T12:00:00Z');
    const calls = asked.map(([body, more = {}], at) => call(`call-${at}`, 'messages', { at: start + at, ...more }, body));
    return (await traced(...calls)).map(({ conversation }) => conversation);
  };

  it('that is begun anew after its first request was answered is another one, and what follows belongs to that', async () => {
    expect(await numbers([task], [going], [task], [going])).toEqual([1, 1, 2, 2]);
    const again = await traced(
      call('one', 'messages', {}, task),
      call('two', 'messages', { at: Date.parse('2026-11-30T12:01:00Z') }, task),
    );
    expect(again.map(({ heard }) => heard.map(({ text }) => text))).toEqual([['Mend it.'], ['Mend it.']]);
  });

  it.each<[string, Partial<RecordedCall>]>([
    ['was refused', failed],
    ['broke off', { ended: 'broken-off' }],
    ['did not wait for', { ended: 'left' }],
    ['was lost', { ended: 'lost' }],
  ])('that asks again for an answer that it %s is the same', async (_, more) => {
    expect(await numbers([task, more], [task], [going, more], [going])).toEqual([1, 1, 1, 1]);
  });

  it('that its agent names is the same as long as it has that name', async () => {
    const headers = { 'x-session-id': 'one' };
    expect(await numbers([task, { headers }], [task, { headers }], [task, { headers: { 'x-session-id': 'two' } }])).toEqual([1, 1, 2]);
  });

  it('that was shortened goes on, and is told anew', async () => {
    expect(await numbers([task], [going], [{ ...going, messages: going.messages.slice(0, 2) }], [going])).toEqual([1, 1, 1, 1]);
  });
});

describe('an agent that looks stuck', () => {
  const note = { id: 's', plan: ['cheap', 'strong'], pinned: null, cached: 0, switched: null, simple: false, cacheLost: false };
  const tries = [{ at: 'house/x', lane: 'pass-through', ms: 1, outcome: 'content', leftOut: [], session: note }] as const;
  const by = { model: 'cheap', at: 'house/x' };
  const failures = (count: number): object => ({
    messages: [
      { role: 'user', content: 'Mend it.' },
      ...Array.from({ length: count }, (_, at) => [
        { role: 'assistant', content: [{ type: 'tool_use', id: `t${at}`, name: 'bash', input: { command: 'npm test' } }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: `t${at}`, content: 'Exit code: 1' }] },
      ]).flat(),
    ],
    model: 'coder',
    max_tokens: 9,
  });
  const after = (id: string, count: number, more: Partial<RecordedCall> = {}): RecordedCall =>
    call(id, 'messages', { at: Date.parse('2026-11-30T12:00:00Z') + count, tries, by, ...more }, failures(count));

  it('is told of once, with the model that would have gone on', async () => {
    const calls = await traced(after('1', 1), after('2', 2), after('3', 3), after('4', 4));
    expect(calls.map(({ stuck }) => stuck)).toEqual([[], [], [{ sign: 'same-command-fails', wouldTake: 'strong' }], []]);
    expect(calls[0]?.session).toEqual(note);
  });

  it('has no other model where the plan is at its end, or nobody knows it', async () => {
    const last = await traced(after('1', 3, { by: { model: 'strong', at: 'house/y' } }));
    expect(last[0]?.stuck).toEqual([{ sign: 'same-command-fails', wouldTake: null }]);
    const unknown = await traced(after('1', 3, { tries: [] }));
    expect(unknown[0]).toMatchObject({ session: null, stuck: [{ wouldTake: null }] });
  });
});
