import type { Counting } from '../translate/answer/told-usage.ts';
import { replyStream, type ReplyTerms, replyWhole, type World } from '../translate/index.ts';
import { eventStream, type Lane, type LanePart, type Told } from './lane.ts';

/** Puts an answer into the words of the caller's protocol, with the tokens that it is counted for. */
export function translateLane(terms: ReplyTerms, world: World, counted: Counting): Lane {
  const stream = replyStream(terms, world, counted);
  let whole: Told | null = null;
  const part = (out: string): LanePart => {
    const { content, stop, fault } = stream.seen();
    return { piece: fault !== null ? 'error' : stop !== null ? 'end' : content ? 'content' : 'preamble', out };
  };
  return {
    kind: 'translate',
    type: eventStream,
    take: (bytes) => part(stream.take(bytes)),
    end: () => part(stream.end()),
    isWhole: () => stream.isWhole(),
    // A fault that the upstream told of is part of what the translation said already.
    breakOff: (fault) => stream.fail(fault),
    whole(text) {
      const reply = replyWhole(terms, text, world, counted);
      whole = { usage: reply.usage, fault: reply.kind === 'fault' ? reply.fault : null, said: reply.said };
      return reply.kind === 'fault' ? { piece: 'error', out: '' } : { piece: 'end', out: JSON.stringify(reply.body) };
    },
    told: () => whole ?? { usage: stream.seen().usage, fault: stream.seen().fault, said: stream.said() },
  };
}
