import { z } from 'zod';
import type { Media, Part, Text, Turn } from '../conversation/conversation.ts';
import { maybe } from '../conversation/read-body.ts';
import type { Remarks } from '../conversation/remarks.ts';
import { unpacked } from '../conversation/keepsake.ts';

const Source = z.object({ type: z.string(), media_type: maybe.text, data: maybe.text, url: maybe.text, content: maybe.any });
const Inner = z.object({
  type: z.string(),
  text: maybe.text,
  source: z.union([Source, z.string()]).nullish(),
  title: maybe.text,
  tool_name: maybe.text,
  content: maybe.any,
});
const Block = Inner.extend({
  id: maybe.text,
  name: maybe.text,
  input: maybe.any,
  tool_use_id: maybe.text,
  content: z
    .union([z.string(), z.array(Inner)])
    .nullish()
    .catch(null),
  is_error: maybe.flag,
  signature: maybe.text,
  data: maybe.text,
});
type Inner = z.infer<typeof Inner>;
type Block = z.infer<typeof Block>;
export const Blocks = z.array(Block);

/** One message of the conversation. */
export function turnOf(message: { readonly role: Turn['role']; readonly content: string | readonly Block[] }, remarks: Remarks): Turn {
  const { role, content } = message;
  if (typeof content === 'string') return { role, parts: [{ kind: 'text', text: content }] };
  return { role, parts: content.flatMap((block) => partsOf(block, remarks)) };
}

function partsOf(block: Block, remarks: Remarks): readonly Part[] {
  switch (block.type) {
    case 'thinking':
      return unpacked(block.signature).map((keepsake) => ({ kind: 'thought', keepsake }));
    case 'redacted_thinking':
      return unpacked(block.data).map((keepsake) => ({ kind: 'thought', keepsake }));
    case 'tool_use':
      return [{ kind: 'call', id: block.id ?? '', name: block.name ?? '', input: { kind: 'value', value: block.input } }];
    case 'tool_result':
      return [{ kind: 'result', id: block.tool_use_id ?? '', content: resultContent(block, remarks), isError: block.is_error ?? false }];
    default:
      return contentOf(block, remarks);
  }
}

function resultContent({ content }: Block, remarks: Remarks): readonly (Text | Media)[] {
  if (typeof content === 'string') return [{ kind: 'text', text: content }];
  return (content ?? []).flatMap((inner) => contentOf(inner, remarks));
}

function contentOf(block: Inner | Block, remarks: Remarks): readonly (Text | Media)[] {
  const { type, text, source, title, tool_name: tool } = block;
  if (type === 'text') return [{ kind: 'text', text: text ?? '' }];
  if (type === 'tool_reference') return [{ kind: 'text', text: `The tool ${tool ?? ''} can be called from now on.` }];
  if (type === 'search_result') return [{ kind: 'text', text: [title, textIn(block.content)].filter(Boolean).join('\n') }];
  if ((type === 'image' || type === 'document') && typeof source === 'object' && source !== null)
    return mediaOf(source, type === 'image' ? 'image/png' : 'application/pdf', title ?? null, remarks);
  remarks.leaveOut(`a block of type ${type}`);
  return [];
}

function mediaOf(source: z.infer<typeof Source>, type: string, name: string | null, remarks: Remarks): readonly (Text | Media)[] {
  const { type: kind, media_type: given, data, url, content } = source;
  if (kind === 'text') return [{ kind: 'text', text: data ?? '' }];
  if (kind === 'content') return [{ kind: 'text', text: textIn(content) }];
  if (kind === 'base64' && data != null) return [{ kind: 'media', type: given ?? type, source: { kind: 'base64', data }, name }];
  if (kind === 'url' && url != null) return [{ kind: 'media', type: given ?? type, source: { kind: 'url', url }, name }];
  remarks.refuse(`A source of type ${kind} lies with its provider, and another one cannot read it: send its content.`);
  return [];
}

function textIn(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((block: unknown) =>
      typeof block === 'object' && block !== null && 'text' in block && typeof block.text === 'string' ? block.text : '',
    )
    .join('\n');
}
