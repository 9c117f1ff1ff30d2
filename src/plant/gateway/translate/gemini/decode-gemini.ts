import type { AnswerEvent, Decoder, Opening, Stop } from '../answer/event.ts';
import { faultOf, readFault } from '../answer/fault.ts';
import { usageEvents } from '../answer/told-usage.ts';
import { aside, isError, unread } from '../answer/unread.ts';
import { usageOf } from './gemini-usage.ts';
import { type Content, type Part, readContent } from './read-content.ts';

/** Reads a stream of `:streamGenerateContent`. Its end is told by a reason, after which tokens may still come. */
export function geminiDecoder(): Decoder {
  const blocks = geminiBlocks();
  let begun = false;
  let stop: AnswerEvent | null = null;
  let counted = false;
  return {
    take(data) {
      const content = readContent(data);
      if (content === null) return [{ kind: 'fault', fault: faultOf('malformed', 'The model’s server sent a chunk that is none.') }];
      const { responseId, candidates, usageMetadata, error } = content;
      if (isError(error)) return [{ kind: 'fault', fault: readFault(data, null) }];
      const events: AnswerEvent[] = begun ? [] : [{ kind: 'begin', id: responseId ?? null }];
      begun = true;
      const [candidate] = candidates ?? [];
      for (const part of candidate?.content?.parts ?? []) events.push(...blocks.take(part));
      if (content.unread != null) events.push(unread(content.unread));
      counted ||= usageMetadata != null;
      if (usageMetadata != null) events.push(...usageEvents(usageOf(usageMetadata)));
      const ending = endingOf(content);
      if (ending?.kind === 'fault') return [...events, ending];
      stop = ending ?? stop;
      return events;
    },
    isWhole: () => stop !== null && counted,
    end: () => (stop === null ? [] : [...blocks.close(), stop]),
  };
}

/** Reads an answer of `:generateContent`, or a stream that is one array. */
export function decodeContent(body: unknown): readonly AnswerEvent[] | null {
  const [first] = Array.isArray(body) ? (body as readonly unknown[]) : [];
  if (Array.isArray(body) && readContent(first)?.candidates != null) {
    const stream = geminiDecoder();
    return [...body.flatMap((one: unknown) => stream.take(one)), ...stream.end()];
  }
  const content = readContent(body);
  if (content === null || (content.candidates == null && content.promptFeedback == null)) return null;
  const decoder = geminiDecoder();
  return [...decoder.take(body), ...decoder.end()];
}

const refusals = ['SAFETY', 'RECITATION', 'LANGUAGE', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII', 'IMAGE_SAFETY'];
const stops: Readonly<Record<string, Stop>> = {
  MAX_TOKENS: 'length',
  ...Object.fromEntries(refusals.map((reason) => [reason, 'refusal'])),
};

/** Where the model wrote a call that its own server could not read, another try may go better. */
function endingOf({ candidates, promptFeedback }: Content): AnswerEvent | null {
  const { finishReason, finishMessage: message } = candidates?.[0] ?? {};
  const reason = finishReason ?? (promptFeedback?.blockReason == null ? null : 'SAFETY');
  if (reason === null) return null;
  if (!/^(MALFORMED_FUNCTION_CALL|UNEXPECTED_TOOL_CALL|MALFORMED_RESPONSE)$/.test(reason))
    return { kind: 'stop', stop: stops[reason] ?? 'end', sequence: null };
  const told = `The model’s answer could not be read by its own server (${reason})${message == null ? '.' : `: ${message}`}`;
  return { kind: 'fault', fault: faultOf('server', told) };
}

interface Blocks {
  take(part: Part): readonly AnswerEvent[];
  close(): readonly AnswerEvent[];
}

/** Text goes on until something else begins; a call comes whole. A signature is kept as the keepsake of a thought before its part. */
function geminiBlocks(): Blocks {
  let last = -1;
  let open: { readonly kind: 'text' | 'thought'; readonly block: number } | null = null;
  const close = (keepsake: string | null = null): readonly AnswerEvent[] => {
    if (open === null) return [];
    const { block } = open;
    open = null;
    return [{ kind: 'close', block, keepsake }];
  };
  const begin = (what: Opening): AnswerEvent => {
    last += 1;
    return { kind: 'open', block: last, what };
  };
  const signed = (signature: string): readonly AnswerEvent[] => {
    if (open?.kind === 'thought') return close(signature);
    return [...close(), begin({ kind: 'thought' }), { kind: 'close', block: last, keepsake: signature }];
  };
  const speak = (kind: 'text' | 'thought', text: string): readonly AnswerEvent[] => {
    if (text === '') return [];
    const before: AnswerEvent[] = [];
    if (open?.kind !== kind) {
      before.push(...close(), begin({ kind }));
      open = { kind, block: last };
    }
    return [...before, { kind: 'more', block: last, text }];
  };
  return {
    take(part) {
      if (part.unread !== undefined) return [unread(part.unread)];
      const { text, thought, thoughtSignature: signature, functionCall: call } = part;
      if (thought === true) return [...speak('thought', text ?? ''), ...(signature == null ? [] : signed(signature))];
      const keepsake = signature == null ? [] : signed(signature);
      if (call == null) return [...keepsake, ...(text == null && signature == null ? [aside] : speak('text', text ?? ''))];
      if (call.name == null || call.willContinue === true) return [...keepsake, unread(call)];
      const what: Opening = { kind: 'call', id: call.id || null, name: call.name };
      const before = [...keepsake, ...close(), begin(what)];
      return [
        ...before,
        { kind: 'more', block: last, text: JSON.stringify(call.args ?? {}) },
        { kind: 'close', block: last, keepsake: null },
      ];
    },
    close: () => close(),
  };
}
