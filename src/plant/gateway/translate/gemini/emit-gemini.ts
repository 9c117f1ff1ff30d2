import { parsedArguments } from '../conversation/call-input.ts';
import { type Answer, type AnswerBlock, blockOf } from '../answer/collect.ts';
import type { AnswerEvent, Opening, Stop, Usage } from '../answer/event.ts';
import { keepsakeCarrier, type KeepsakeCarrier } from '../answer/keepsake-carrier.ts';
import { type Emitter, frame, type Voice } from '../answer/voice.ts';
import type { Members } from '../protocol.ts';
import { geminiError } from './gemini-error.ts';
import { geminiUsage } from './gemini-usage.ts';

const stops: Readonly<Record<Stop, string>> = { end: 'STOP', calls: 'STOP', length: 'MAX_TOKENS', refusal: 'SAFETY', sequence: 'STOP' };
/** What the API says where arguments are no JSON. */
const garbled = 'MALFORMED_FUNCTION_CALL';

/** Writes a stream of `:streamGenerateContent?alt=sse`: answers that are put together, calls whole. */
export function geminiEmitter(voice: Voice): Emitter {
  const carrier = keepsakeCarrier();
  let open: Opening | null = null;
  let text = '';
  let usage: Usage | null = null;
  let isGarbled = false;
  const chunk = (parts: readonly Members[], finish: string | null = null): string =>
    parts.length === 0 && finish === null ? '' : frame(null, contentOf(voice, parts, finish, usage));
  const onMore = (more: string): string => {
    text += more;
    if (open?.kind === 'text') return chunk([{ text: more, ...signatureOf(carrier) }]);
    return open?.kind === 'thought' && voice.showThoughts ? chunk([{ text: more, thought: true }]) : '';
  };
  const onClose = (keepsake: unknown): string => {
    if (open === null || open.kind === 'text') return '';
    const block = blockOf(open, text, keepsake);
    if (block.kind === 'thought') carrier.take(block.keepsake);
    const part = block.kind === 'call' ? callPart(block) : null;
    isGarbled ||= block.kind === 'call' && part === null;
    return part === null ? '' : chunk([{ ...part, ...signatureOf(carrier) }]);
  };
  return {
    // The vendor's client takes a comment for half of an answer.
    ping: () => '',
    take(next: AnswerEvent) {
      switch (next.kind) {
        case 'open':
          [open, text] = [next.what, ''];
          return '';
        case 'more':
          return onMore(next.text);
        case 'close':
          return onClose(next.keepsake);
        case 'usage':
          usage = next.usage;
          return '';
        case 'stop':
          return chunk([{ text: '', ...signatureOf(carrier) }], isGarbled ? garbled : stops[next.stop]);
        case 'fault':
          // An error is no event here: the vendor's client passes over one that is.
          return `${JSON.stringify(geminiError(next.fault))}\n\n`;
        default:
          return '';
      }
    },
  };
}

/** Writes an answer of `:generateContent`. */
export function wholeContent({ blocks, stop, usage }: Answer, voice: Voice): Members {
  const carrier = keepsakeCarrier();
  const parts: Members[] = [];
  let isGarbled = false;
  for (const block of blocks) {
    if (block.kind === 'thought') {
      carrier.take(block.keepsake);
      if (voice.showThoughts && block.text !== '') parts.push({ text: block.text, thought: true });
      continue;
    }
    const part = block.kind === 'text' ? { text: block.text } : callPart(block);
    isGarbled ||= part === null;
    if (part !== null) parts.push({ ...part, ...signatureOf(carrier) });
  }
  const rest = signatureOf(carrier);
  const all = Object.keys(rest).length > 0 || parts.length === 0 ? [...parts, { text: '', ...rest }] : parts;
  return contentOf(voice, all, isGarbled ? garbled : stops[stop], usage);
}

function signatureOf(carrier: KeepsakeCarrier): Members {
  const keepsake = carrier.given();
  return keepsake === null ? {} : { thoughtSignature: keepsake };
}

function callPart({ id, name, text }: Extract<AnswerBlock, { kind: 'call' }>): Members | null {
  const args = parsedArguments(text);
  return args === null ? null : { functionCall: { id, name, args } };
}

function contentOf({ alias, id }: Voice, parts: readonly Members[], finish: string | null, usage: Usage | null): Members {
  const candidate = { content: { role: 'model', parts }, index: 0, ...(finish !== null && { finishReason: finish }) };
  return { candidates: [candidate], ...(usage !== null && { usageMetadata: geminiUsage(usage) }), modelVersion: alias, responseId: id };
}
