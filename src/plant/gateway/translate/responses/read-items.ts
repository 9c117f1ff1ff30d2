import { z } from 'zod';
import type { Media, Text, Turn } from '../conversation/conversation.ts';
import { mediaAt } from '../conversation/data-url.ts';
import { maybe } from '../conversation/read-body.ts';
import type { Remarks } from '../conversation/remarks.ts';
import { unpacked } from '../conversation/keepsake.ts';
import { flatName, searchName } from './read-tools.ts';

const Content = z.object({
  type: z.string(),
  text: maybe.text,
  refusal: maybe.text,
  image_url: maybe.text,
  file_data: maybe.text,
  file_url: maybe.text,
  filename: maybe.text,
});
const Contents = z.union([z.string(), z.array(Content)]);
export const ResponsesItem = z.object({
  type: maybe.text,
  role: maybe.text,
  content: Contents.nullish(),
  encrypted_content: maybe.text,
  call_id: maybe.text,
  name: maybe.text,
  namespace: maybe.text,
  arguments: maybe.any,
  input: maybe.text,
  output: Contents.nullish(),
  execution: maybe.text,
  tools: maybe.any,
});
export type ResponsesItem = z.infer<typeof ResponsesItem>;

/** What one item says: a turn of its own, which its neighbours are joined to later. */
export function turnOf(item: ResponsesItem, remarks: Remarks): readonly Turn[] {
  const { call_id: id, name, namespace, output } = item;
  const type = item.type ?? 'message';
  switch (type) {
    case 'message':
      return [{ role: roleOf(item.role), parts: contentOf(item.content, remarks) }];
    case 'reasoning':
      return [{ role: 'assistant', parts: unpacked(item.encrypted_content).map((keepsake) => ({ kind: 'thought', keepsake })) }];
    case 'function_call':
      return [callTurn(id, flatName(namespace ?? null, name ?? ''), { kind: 'text', text: String(item.arguments ?? '') })];
    case 'custom_tool_call':
      return [callTurn(id, flatName(namespace ?? null, name ?? ''), { kind: 'value', value: { input: item.input ?? '' } })];
    case 'tool_search_call':
      return item.execution === 'client' ? [callTurn(id, searchName, { kind: 'value', value: item.arguments })] : [];
    case 'function_call_output':
    case 'custom_tool_call_output':
      return [{ role: 'user', parts: [{ kind: 'result', id: id ?? '', content: contentOf(output, remarks), isError: false }] }];
    case 'tool_search_output':
      return item.execution === 'client' ? [foundTurn(item)] : [];
    default:
      judge(type, remarks);
      return [];
  }
}

function roleOf(role: string | null | undefined): Turn['role'] {
  if (role === 'system' || role === 'developer') return 'system';
  return role === 'assistant' ? 'assistant' : 'user';
}

function callTurn(id: string | null | undefined, name: string, input: Extract<Turn['parts'][number], { kind: 'call' }>['input']): Turn {
  return { role: 'assistant', parts: [{ kind: 'call', id: id ?? '', name, input }] };
}

const Named = z.array(z.object({ name: maybe.text, tools: z.array(z.object({ name: maybe.text })).nullish() }));

function foundTurn({ call_id: id, tools }: ResponsesItem): Turn {
  const found = Named.safeParse(tools).data ?? [];
  const names = found.flatMap(({ name, tools: inner }) =>
    inner == null ? [name ?? ''] : inner.map((own) => flatName(name ?? '', own.name ?? '')),
  );
  const text = names.length === 0 ? 'No tool was found.' : `These tools can be called from now on: ${names.join(', ')}`;
  return { role: 'user', parts: [{ kind: 'result', id: id ?? '', content: [{ kind: 'text', text }], isError: false }] };
}

function contentOf(content: ResponsesItem['content'], remarks: Remarks): readonly (Text | Media)[] {
  if (typeof content === 'string') return [{ kind: 'text', text: content }];
  return (content ?? []).flatMap((part): (Text | Media)[] => {
    const said = part.text ?? part.refusal;
    if (said != null) return [{ kind: 'text', text: said }];
    if (part.image_url != null) return [mediaAt(part.image_url, 'image/png')];
    const file = part.file_data ?? part.file_url;
    if (file != null) return [mediaAt(file, 'application/pdf', part.filename ?? null)];
    remarks.refuse(`A part of type ${part.type} lies with its provider, and another one cannot read it: send its content.`);
    return [];
  });
}

/** What an agent of ours did by its provider's own means, or what only that provider can read. */
function judge(type: string, remarks: Remarks): void {
  if (/^(web_search_call|image_generation_call)$/.test(type)) remarks.leaveOut(`an item of type ${type}`);
  else
    remarks.refuse(`An item of type ${type} means something to its own provider alone: send its content as messages, calls and outputs.`);
}
