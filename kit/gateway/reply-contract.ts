import { describe, expect, test } from 'vitest';
import { answer, errorEvents, streams, usages, wholes } from './answers.ts';
import { type Heard } from './frames.ts';
import { heardStream, heardWhole } from './hear.ts';
import { type Lane, tonguePairs, type LaneProtocol, type LaneStream, laneUpstream, type LaneUsage, laneWorld } from './lane.ts';
import { requests } from './story.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What every lane promises of answers, for each pair of APIs that differ. */
export function replyContract<Terms>(lane: Lane<Terms>): void {
  describe.each(tonguePairs)('an answer to %s from %s', (from, to) => {
    const terms = (): Terms => {
      const call = lane.translate({ from, to, body: thinking(from), asked: { model: 'alias', stream: true }, upstream: laneUpstream() });
      if (call.kind === 'refused') throw new Error(call.message);
      return call.reply;
    };
    const begin = (): LaneStream => lane.replyStream(terms(), laneWorld());
    const streamed = (chunks: readonly Uint8Array[]): { readonly heard: Heard; readonly out: string; readonly stream: LaneStream } => {
      const stream = begin();
      const out = `${chunks.map((chunk) => stream.take(chunk)).join('')}${stream.end()}`;
      return { heard: withoutEmpty(heardStream(from, out)), out, stream };
    };
    const whole = streams[to].join('');

    test('a stream says the same, in order, and ends well-formed', () => {
      const { heard, stream } = streamed(streams[to].map(bytesOf));
      expect(heard).toMatchObject({ parts: expectedParts, stop: stops[from], model: 'alias', error: null });
      expect(stream.seen()).toMatchObject({ content: true, stop: 'calls', fault: null });
    });

    test('tokens are those of the upstream, cache and thoughts apart', () => {
      const { heard, stream } = streamed([bytesOf(whole)]);
      expect(stream.seen().usage).toMatchObject(usages[to]);
      expect(heard.usage).toMatchObject(usageIn(from, usages[to]));
    });

    test('wherever the bytes are cut, the stream is the same', () => {
      const { out } = streamed([bytesOf(whole)]);
      for (const size of [1, 7, 64, 1_000]) expect(streamed(pieces(bytesOf(whole), size)).out).toBe(out);
      expect(streamed([bytesOf(whole.replaceAll('\n', '\r\n'))]).out).toBe(out);
    });

    test('an answer in one piece says the same', () => {
      const reply = lane.replyWhole(terms(), JSON.stringify(wholes[to]), laneWorld());
      expect(reply).toMatchObject({ kind: 'answer', usage: usages[to] });
      if (reply.kind !== 'answer') return;
      const heard = withoutEmpty(heardWhole(from, JSON.parse(JSON.stringify(reply.body))));
      expect(heard).toMatchObject({ parts: expectedParts, stop: stops[from], model: 'alias', usage: usageIn(from, usages[to]) });
    });

    test('a server that does not stream although it was asked to is heard as a stream', () => {
      const { heard } = streamed([bytesOf(JSON.stringify(wholes[to], null, 2))]);
      expect(heard).toMatchObject({ parts: expectedParts, stop: stops[from], error: null });
    });

    test('a stream that is cut, anywhere, ends with an error or is whole', () => {
      const bytes = bytesOf(whole);
      let cuts = 0;
      for (let at = 0; at < bytes.length; at += 97) {
        const { heard, stream } = streamed([bytes.slice(0, at)]);
        if (heard.stop !== null) continue;
        cuts += 1;
        expect([heard.error, stream.seen().fault?.kind]).toEqual([expect.stringMatching(/\w/), expect.stringMatching(/^(cut|malformed)$/)]);
      }
      expect(cuts).toBeGreaterThan(10);
    });

    test('an error in the stream reaches the caller as one, and nothing comes after it', () => {
      for (const at of [0, 2, streams[to].length - 4]) {
        const { heard, stream } = streamed([...streams[to].slice(0, at), errorEvents[to], ...streams[to].slice(at)].map(bytesOf));
        expect(heard).toMatchObject({ stop: null, error: 'Overloaded' });
        expect(stream.seen()).toMatchObject({ fault: { kind: 'overloaded' }, stop: null });
      }
    });

    test('garbage is told of, and nothing is passed over in silence', () => {
      const garbage = ['data: {"half": \n\n', 'data: 7\n\n', 'data: [1,\n\ndata: 2]\n\n'];
      for (const line of garbage) {
        const { heard, stream } = streamed([...streams[to].slice(0, 3), line, ...streams[to].slice(3)].map(bytesOf));
        expect([heard.stop, stream.seen().fault?.kind]).toEqual([null, 'malformed']);
      }
    });

    test('a page, nothing, and an error with 200 are no answers', () => {
      const page = streamed([bytesOf('<!doctype html>\n\n<html><body><h1>502 Bad Gateway</h1></body></html>\n')]);
      expect(page.heard.error).toContain('502 Bad Gateway');
      expect(page.stream.seen()).toMatchObject({ content: false, fault: { kind: 'malformed' } });
      expect(streamed([]).stream.seen()).toMatchObject({ content: false, fault: { kind: 'cut' } });
      const refused = streamed([bytesOf('{"error":{"message":"No room","code":"server_is_overloaded"}}')]);
      expect(refused.heard.error).toBe('No room');
      for (const text of ['', '<html>', 'null', '{}', '[]', '{"error":"No room"}']) {
        expect(lane.replyWhole(terms(), text, laneWorld())).toMatchObject({
          kind: 'fault',
          fault: { message: expect.stringMatching(/\w/) },
        });
      }
    });

    test('who leaves in the midst of it knows what was seen', () => {
      const stream = begin();
      for (const event of streams[to].slice(0, -4)) stream.take(bytesOf(event));
      expect(stream.seen()).toMatchObject({ content: true, stop: null, fault: null });
    });
  });
}

const expectedParts = [
  `thought ${answer.thought}`,
  `text ${answer.text}`,
  ...answer.calls.map(({ id, name, input }) => `call ${id} ${name} ${JSON.stringify(input)}`),
];
const stops: Readonly<Record<LaneProtocol, string>> = {
  messages: 'tool_use',
  responses: 'completed',
  chat: 'tool_calls',
  'generate-content': 'STOP',
};

/** A thought without words only carries what its maker wants back. */
function withoutEmpty(heard: Heard): Heard {
  return { ...heard, parts: heard.parts.filter((part) => part !== 'thought ') };
}

/** The story, by a caller that wants to see thoughts. */
function thinking(from: LaneProtocol): object {
  const body = requests[from];
  if (from === 'messages') return { ...body, thinking: { type: 'adaptive' }, tool_choice: { type: 'auto' } };
  return from === 'generate-content' ? { ...body, generationConfig: { thinkingConfig: { includeThoughts: true } } } : body;
}

function pieces(bytes: Uint8Array, size: number): readonly Uint8Array[] {
  const out: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) out.push(bytes.slice(at, at + size));
  return out;
}

function usageIn(from: LaneProtocol, { input, cacheRead, cacheWrite, output, reasoning }: LaneUsage): object {
  const sent = input + cacheRead + cacheWrite;
  switch (from) {
    case 'messages':
      return { input_tokens: input, cache_read_input_tokens: cacheRead, cache_creation_input_tokens: cacheWrite, output_tokens: output };
    case 'responses':
      return {
        input_tokens: sent,
        input_tokens_details: { cached_tokens: cacheRead },
        output_tokens: output,
        output_tokens_details: { reasoning_tokens: reasoning },
        total_tokens: sent + output,
      };
    case 'chat':
      return {
        prompt_tokens: sent,
        prompt_tokens_details: { cached_tokens: cacheRead },
        completion_tokens: output,
        completion_tokens_details: { reasoning_tokens: reasoning },
        total_tokens: sent + output,
      };
    default:
      return {
        promptTokenCount: sent,
        cachedContentTokenCount: cacheRead,
        candidatesTokenCount: output - reasoning,
        thoughtsTokenCount: reasoning,
        totalTokenCount: sent + output,
      };
  }
}
