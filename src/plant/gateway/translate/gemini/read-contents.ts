import { z } from 'zod';
import type { Media, Part, Result, Text, Turn } from '../conversation/conversation.ts';
import { maybe } from '../conversation/read-body.ts';
import type { Remarks } from '../conversation/remarks.ts';
import { unpacked } from '../conversation/keepsake.ts';
import { oneOrMany } from './one-or-many.ts';

const Blob = z.object({ mimeType: maybe.text, data: maybe.text, fileUri: maybe.text, displayName: maybe.text });
const GeminiPart = z.object({
  text: maybe.text,
  thought: maybe.flag,
  thoughtSignature: maybe.text,
  inlineData: Blob.nullish(),
  fileData: Blob.nullish(),
  functionCall: z.object({ id: maybe.text, name: z.string(), args: maybe.any }).nullish(),
  functionResponse: z
    .object({
      id: maybe.text,
      name: z.string(),
      response: maybe.any,
      parts: z.array(z.object({ inlineData: Blob.nullish(), fileData: Blob.nullish() })).nullish(),
    })
    .nullish(),
});
type GeminiPart = z.infer<typeof GeminiPart>;
export const GeminiContent = z.object({ role: maybe.text, parts: oneOrMany(GeminiPart).nullish() });
type GeminiContent = z.infer<typeof GeminiContent>;

/** What is said outside of the conversation. */
export function systemOf(instruction: string | GeminiContent | null | undefined): readonly string[] {
  const texts = typeof instruction === 'string' ? [instruction] : (instruction?.parts ?? []).map(({ text }) => text ?? '');
  return texts.filter((text) => text !== '');
}

/** The turns of a conversation. Calls without an id are told apart by their place; a result is of the first open call of its name. */
export function turnsOf(contents: readonly GeminiContent[], remarks: Remarks): readonly Turn[] {
  const open: { readonly id: string; readonly name: string }[] = [];
  let calls = 0;
  const idOfCall = (id: string | null | undefined, name: string): string => {
    calls += 1;
    const own = id || `call_${calls}_${name}`;
    open.push({ id: own, name });
    return own;
  };
  const idOfResult = (id: string | null | undefined, name: string): string => {
    const at = open.findIndex((call) => (id ? call.id === id : call.name === name));
    return at === -1 ? (id ?? name) : (open.splice(at, 1)[0]?.id ?? name);
  };
  const partsOf = (part: GeminiPart): readonly Part[] => {
    const { text, thought, functionCall: call, functionResponse: result } = part;
    const keepsakes = unpacked(part.thoughtSignature).map((keepsake): Part => ({ kind: 'thought', keepsake }));
    if (call != null)
      return [
        ...keepsakes,
        { kind: 'call', id: idOfCall(call.id, call.name), name: call.name, input: { kind: 'value', value: call.args } },
      ];
    if (result != null) return [resultOf(result, idOfResult(result.id, result.name), remarks)];
    if (thought === true) return keepsakes;
    if (text != null) return [...keepsakes, { kind: 'text', text }];
    return mediaOf(part, remarks);
  };
  return contents.map(({ role, parts }) => ({ role: role === 'model' ? 'assistant' : 'user', parts: (parts ?? []).flatMap(partsOf) }));
}

function resultOf({ response, parts }: NonNullable<GeminiPart['functionResponse']>, id: string, remarks: Remarks): Result {
  const { text, isError } = saidIn(response);
  const said: readonly Text[] = text === '' ? [] : [{ kind: 'text', text }];
  return { kind: 'result', id, content: [...said, ...(parts ?? []).flatMap((part) => mediaOf(part, remarks))], isError };
}

/** Tools say what they found in `output`, and what went wrong in `error`. */
function saidIn(response: unknown): { readonly text: string; readonly isError: boolean } {
  if (typeof response !== 'object' || response === null) return { text: String(response ?? ''), isError: false };
  const [[name, value] = [], ...more] = Object.entries(response) as [string, unknown][];
  const isAlone = more.length === 0 && (name === 'output' || name === 'error');
  const told = isAlone ? value : response;
  return { text: typeof told === 'string' ? told : JSON.stringify(told), isError: isAlone && name === 'error' };
}

function mediaOf({ inlineData, fileData }: Pick<GeminiPart, 'inlineData' | 'fileData'>, remarks: Remarks): readonly Media[] {
  const { mimeType, data, displayName } = inlineData ?? {};
  if (data != null) return [{ kind: 'media', type: mimeType ?? 'image/png', source: { kind: 'base64', data }, name: displayName ?? null }];
  const url = fileData?.fileUri;
  if (url == null) {
    remarks.leaveOut('a part without text, call, result or data');
    return [];
  }
  if (/^(gs:|https:\/\/generativelanguage\.googleapis\.com\/)/.test(url))
    remarks.refuse(`The file ${url} lies with its provider, and another one cannot read it: send its content.`);
  return [{ kind: 'media', type: fileData?.mimeType ?? 'image/png', source: { kind: 'url', url }, name: null }];
}
