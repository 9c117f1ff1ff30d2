import type { Json } from '../../../../../core/base/json.ts';
import { piecesOf, type Reply, type ReplyPart, type Stop, type Usage } from '../../reply.ts';
import { frame, type Frame } from '../dialect.ts';

/** An answer of `:generateContent`. */
export function wholeContent(reply: Reply): Json {
  return contentOf(reply, reply.parts.map(partOf), reply.stop);
}

/** The same for `:streamGenerateContent?alt=sse`: whole answers that are put together. */
export function contentFrames(reply: Reply): readonly Frame[] {
  const pieces = reply.parts.flatMap((part): { readonly part: Frame['part']; readonly content: Json }[] => {
    if (part.kind === 'call') return [{ part: 'call', content: partOf(part) }];
    return piecesOf(part.text).map((text) => ({ part: 'body', content: partOf({ ...part, text }) }));
  });
  return [
    ...pieces.map(({ part, content }) => frame(null, contentOf(reply, [content], null), part)),
    frame(null, contentOf(reply, [{ text: '' }], reply.stop), 'end'),
  ];
}

const stops: Readonly<Record<Stop, string>> = { end: 'STOP', calls: 'STOP', length: 'MAX_TOKENS', refusal: 'SAFETY' };

function contentOf({ id, model, usage }: Reply, parts: readonly Json[], stop: Stop | null): Json {
  const candidate = { content: { role: 'model', parts }, index: 0, ...(stop === null ? {} : { finishReason: stops[stop] }) };
  return { candidates: [candidate], usageMetadata: usageOf(usage), modelVersion: model, responseId: id };
}

function partOf(part: ReplyPart): Json {
  if (part.kind === 'text') return { text: part.text };
  if (part.kind === 'thought') return { text: part.text, thought: true };
  // Arguments are an object here: there is no way to say what is none.
  return { functionCall: { id: part.id, name: part.tool.name, args: part.garbled ? {} : part.input } };
}

/** What was thought is not counted among what was said. */
function usageOf({ input, cacheRead, cacheWrite, output, reasoning }: Usage): Json {
  const sent = input + cacheRead + cacheWrite;
  return {
    promptTokenCount: sent,
    cachedContentTokenCount: cacheRead,
    candidatesTokenCount: output - reasoning,
    thoughtsTokenCount: reasoning,
    totalTokenCount: sent + output,
  };
}
