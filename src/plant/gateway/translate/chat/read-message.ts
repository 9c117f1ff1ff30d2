import { z } from 'zod';
import type { Media, Part, Text, Turn } from '../conversation/conversation.ts';
import { mediaAt } from '../conversation/data-url.ts';
import { maybe } from '../conversation/read-body.ts';
import type { Remarks } from '../conversation/remarks.ts';
import { unpacked } from '../conversation/keepsake.ts';

const ContentPart = z.object({
  type: z.string(),
  text: maybe.text,
  refusal: maybe.text,
  image_url: z.union([z.string(), z.object({ url: z.string() })]).nullish(),
  file: z.object({ file_data: maybe.text, filename: maybe.text }).nullish(),
});
/** The place in which clients keep what belongs to the thought before a call. */
const Extra = z.object({ google: z.object({ thought_signature: maybe.text }).nullish() });
const ToolCall = z.object({
  id: z.string(),
  function: z.object({ name: z.string(), arguments: maybe.text }).nullish(),
  custom: maybe.any,
  extra_content: Extra.nullish().catch(null),
});
export const ChatMessage = z.object({
  role: z.string(),
  content: z.union([z.string(), z.array(ContentPart)]).nullish(),
  tool_calls: z.array(ToolCall).nullish(),
  tool_call_id: maybe.text,
  refusal: maybe.text,
});
export type ChatMessage = z.infer<typeof ChatMessage>;

/** One message of the conversation. What a model thought stays out, unless there is a keepsake of it. */
export function turnOf({ role, content, tool_calls: calls, tool_call_id: id, refusal }: ChatMessage, remarks: Remarks): Turn {
  const parts = contentOf(content, remarks);
  if (role === 'system' || role === 'developer') return { role: 'system', parts };
  if (role === 'tool') return { role: 'user', parts: [{ kind: 'result', id: id ?? '', content: parts, isError: false }] };
  if (role === 'user') return { role, parts };
  if (role !== 'assistant') remarks.refuse(`A message of the role ${role} is not known.`);
  const refused: readonly Text[] = refusal == null ? [] : [{ kind: 'text', text: refusal }];
  return { role: 'assistant', parts: [...parts, ...refused, ...(calls ?? []).flatMap((call) => callOf(call, remarks))] };
}

function contentOf(content: ChatMessage['content'], remarks: Remarks): readonly (Text | Media)[] {
  if (typeof content === 'string') return [{ kind: 'text', text: content }];
  return (content ?? []).flatMap(({ type, text, refusal, image_url: image, file }): (Text | Media)[] => {
    if (image != null) return [mediaAt(typeof image === 'string' ? image : image.url, 'image/png')];
    if (file?.file_data != null) return [mediaAt(file.file_data, 'application/pdf', file.filename ?? null)];
    const said = text ?? refusal;
    if (said != null) return [{ kind: 'text', text: said }];
    remarks.refuse(`A part of type ${type} cannot be translated: send its content as text, image or document.`);
    return [];
  });
}

function callOf({ id, function: own, extra_content: extra }: z.infer<typeof ToolCall>, remarks: Remarks): readonly Part[] {
  if (own == null) {
    remarks.refuse(`The call ${id} is of a tool that takes free text: over Chat Completions only functions are translated.`);
    return [];
  }
  const keepsakes = unpacked(extra?.google?.thought_signature);
  return [
    ...keepsakes.map((keepsake) => ({ kind: 'thought', keepsake }) as const),
    { kind: 'call', id, name: own.name, input: { kind: 'text', text: own.arguments ?? '' } },
  ];
}
