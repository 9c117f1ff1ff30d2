import { inputObject } from '../conversation/call-input.ts';
import type { Conversation, Media, Part, Result, Thought } from '../conversation/conversation.ts';
import { fromResultOf, mediaIn, textIn } from '../conversation/spoken.ts';
import type { Upstream } from '../conversation/upstream.ts';
import type { Members } from '../protocol.ts';

/** What the API documents to stand in for the signature of a call that another model made. */
const foreignCall = 'skip_thought_signature_validator';

/** The turns of a conversation, in the API's form. */
export function contentsOf({ turns }: Conversation, { model }: Upstream): readonly Members[] {
  const names = new Map(
    turns.flatMap(({ parts }) => parts.flatMap((part) => (part.kind === 'call' ? [[part.id, part.name] as const] : []))),
  );
  const signs = !/gemini-[12]\b/.test(model);
  return turns.map(({ role, parts }) =>
    role === 'assistant' ? { role: 'model', parts: saidParts(parts, signs) } : { role: 'user', parts: userParts(parts, names) },
  );
}

/** A signature belongs to the part behind its thought, or stands alone. Of several calls at once the first has to have one. */
function saidParts(parts: readonly Part[], signs: boolean): readonly Members[] {
  const out: Members[] = [];
  let signature: string | null = null;
  let called = false;
  for (const part of parts) {
    if (part.kind === 'thought') {
      signature = signatureOf(part) ?? signature;
      continue;
    }
    if (part.kind === 'result') continue;
    const isFirst: boolean = part.kind === 'call' && !called;
    called ||= part.kind === 'call';
    const own: string | null = signature ?? (isFirst && signs ? foreignCall : null);
    out.push({ ...partOf(part), ...(own !== null && { thoughtSignature: own }) });
    signature = null;
  }
  return signature === null ? out : [...out, { text: '', thoughtSignature: signature }];
}

function signatureOf({ keepsake }: Thought): string | null {
  return typeof keepsake?.data === 'string' ? keepsake.data : null;
}

function userParts(parts: readonly Part[], names: ReadonlyMap<string, string>): readonly Members[] {
  const results = parts.filter((part) => part.kind === 'result');
  const rest = parts.filter((part) => part.kind === 'text' || part.kind === 'media');
  return [...results.map((result) => resultOf(result, names.get(result.id) ?? '')), ...results.flatMap(imagesOf), ...rest.map(partOf)];
}

function resultOf({ id, content, isError }: Result, name: string): Members {
  const text = textIn(content);
  const told = text === '' && mediaIn(content).length > 0 ? 'What was found follows.' : text;
  return { functionResponse: { id, name, response: { [isError ? 'error' : 'output']: told } } };
}

/** Images of results stand beside them, which models of every age take. */
function imagesOf({ id, content }: Result): readonly Members[] {
  const images = mediaIn(content);
  return images.length === 0 ? [] : [{ text: fromResultOf(id) }, ...images.map(partOf)];
}

function partOf(part: Exclude<Part, Thought | Result>): Members {
  if (part.kind === 'text') return { text: part.text };
  if (part.kind === 'call') return { functionCall: { id: part.id, name: part.name, args: inputObject(part.input) } };
  return mediaPart(part);
}

function mediaPart({ type, source }: Media): Members {
  if (source.kind === 'url') return { fileData: { mimeType: type, fileUri: source.url } };
  return { inlineData: { mimeType: type, data: source.data } };
}
