import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  answerStreams,
  heardStream,
  tonguePairs,
  laneUpstream,
  laneWorld,
  storyRequests,
  wholeAnswers,
} from '../../../../kit/gateway/index.ts';
import { replyStream, replyWhole, type ReplyTerms, translate } from './index.ts';

const asked = { model: 'alias', stream: true };

/** A value of JSON with one place in it replaced, chosen by a number. */
function spoiled(value: unknown, place: number, by: unknown): unknown {
  let count = 0;
  const walk = (here: unknown): unknown => {
    count += 1;
    if (count === place) return by;
    if (Array.isArray(here)) return here.map(walk);
    if (typeof here !== 'object' || here === null) return here;
    return Object.fromEntries(Object.entries(here).map(([name, member]) => [name, walk(member)]));
  };
  return walk(value);
}

function places(value: unknown): number {
  let count = 0;
  JSON.stringify(value, (_, member: unknown) => {
    count += 1;
    return member;
  });
  return count;
}

const terms = tonguePairs.map(([from, to]): readonly [(typeof tonguePairs)[number], ReplyTerms] => {
  const call = translate({ from, to, body: storyRequests[from], asked, upstream: laneUpstream() });
  if (call.kind === 'refused') throw new Error(call.message);
  return [[from, to], call.reply];
});
const strange = fc.oneof(
  fc.constantFrom(null, '', 0, -1, true, [], {}, [null], [[]], 'x'.repeat(99), { type: 'text' }, { type: 'x', text: 7 }),
  fc.jsonValue(),
);

describe.each(tonguePairs)('spoiled input, from %s to %s', (from, to) => {
  it('a request is translated or refused with a sentence, whatever stands in any place of it', () => {
    const body = storyRequests[from];
    fc.assert(
      fc.property(fc.integer({ min: 1, max: places(body) }), strange, (place, by) => {
        const call = translate({ from, to, body: spoiled(body, place, by), asked, upstream: laneUpstream() });
        expect(call.kind === 'call' ? JSON.stringify(call.body).length : call.message.length).toBeGreaterThan(0);
      }),
      { numRuns: 60 },
    );
  });

  it('an answer in one piece is one, or a fault', () => {
    const reply = terms.find(([pair]) => pair[0] === from && pair[1] === to)?.[1];
    const body = wholeAnswers[to];
    fc.assert(
      fc.property(fc.integer({ min: 1, max: places(body) }), strange, (place, by) => {
        const whole = reply && replyWhole(reply, JSON.stringify(spoiled(body, place, by)), laneWorld());
        expect(JSON.stringify(whole).length).toBeGreaterThan(10);
      }),
      { numRuns: 40 },
    );
  });
});

describe('spoiled streams', () => {
  it('whatever event is spoiled, lost, doubled or cut, the caller has a stream that is well-formed and has one end', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...terms),
        fc.nat(),
        fc.constantFrom('lost', 'doubled', 'cut', 'spoiled', 'bytes'),
        strange,
        fc.uint8Array({ maxLength: 40 }),
        ([[from, to], reply], at, how, by, bytes) => {
          const events = [...answerStreams[to]];
          const place = at % events.length;
          const event = events[place] ?? '';
          const [, head = '', data = ''] = /^(.*?data: )(\{.*\})?/s.exec(event) ?? [];
          const broken = {
            lost: [],
            doubled: [event, event],
            cut: [event.slice(0, event.length / 2)],
            spoiled: [data === '' ? event : `${head}${JSON.stringify(spoiled(JSON.parse(data), (at % 20) + 1, by))}\n\n`],
            bytes: [event, Buffer.from(bytes).toString('latin1')],
          }[how];
          events.splice(place, 1, ...broken);
          const stream = replyStream(reply, laneWorld());
          const out = `${events.map((text) => stream.take(new TextEncoder().encode(text))).join('')}${stream.end()}`;
          const { stop, error } = heardStream(from, out);
          expect([stop === null, error === null]).toEqual([error !== null, stop !== null]);
        },
      ),
      { numRuns: 800 },
    );
  });
});
