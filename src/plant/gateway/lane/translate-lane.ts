import { replyStream, type ReplyTerms, replyWhole, type Usage, type World } from '../translate/index.ts';
import { eventStream, type Lane, type LanePart, type Told } from './lane.ts';

/** Puts an answer into the words of the caller's protocol. */
export function translateLane(terms: ReplyTerms, world: World): Lane {
  const stream = replyStream(terms, world);
  let whole: { readonly usage: Usage | null; readonly fault: Told['fault'] } | null = null;
  let said = 0;
  const part = (out: string): LanePart => {
    said += out.length;
    const { content, stop, fault } = stream.seen();
    return { piece: fault !== null ? 'error' : stop !== null ? 'end' : content ? 'content' : 'preamble', out };
  };
  return {
    kind: 'translate',
    type: eventStream,
    take: (bytes) => part(stream.take(bytes)),
    end: () => part(stream.end()),
    // A fault that the upstream told of is part of what the translation said already.
    breakOff: (fault) => stream.fail(fault),
    whole(text) {
      const reply = replyWhole(terms, text, world);
      whole = { usage: reply.usage, fault: reply.kind === 'fault' ? reply.fault : null };
      if (reply.kind === 'fault') return { piece: 'error', out: '' };
      const out = JSON.stringify(reply.body);
      said += out.length;
      return { piece: 'end', out };
    },
    told: () => ({ ...(whole ?? { usage: stream.seen().usage, fault: stream.seen().fault }), said }),
  };
}
