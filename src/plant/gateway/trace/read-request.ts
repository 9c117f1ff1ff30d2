import type { ToolCall } from '../../../core/gateway/routing/features.ts';
import { hasFailed } from '../../../core/gateway/routing/has-failed.ts';
import type { KeptCall } from '../../../core/ports/gateway/call-ledger.ts';
import type { TracedPart } from '../../../core/ports/gateway/model-trace.ts';
import { jsonOf } from '../translate/answer/excerpt.ts';
import type { CallInput, Conversation, Part, Turn } from '../translate/conversation/conversation.ts';
import { keepRemarks } from '../translate/conversation/remarks.ts';
import { dialects } from '../translate/dialects.ts';

/** What one request carried: all that was said before it, too. */
export interface ReadRequest {
  readonly system: string;
  readonly parts: readonly TracedPart[];
  /** Calls of tools that were answered, oldest first. */
  readonly toolCalls: readonly ToolCall[];
}

/** Reads the body of a call in the words of its protocol; null where it is none. */
export function readRequest({ protocol, alias, path }: Pick<KeptCall, 'protocol' | 'alias' | 'path'>, text: string): ReadRequest | null {
  const body = jsonOf(text);
  if (body === undefined) return null;
  const asked = protocol === 'generate-content' ? { model: alias, stream: path.includes(':stream') } : { model: alias, stream: null };
  const conversation = dialects[protocol].read(body, asked, keepRemarks());
  if (conversation === null) return null;
  const parts = partsOf(conversation);
  // Some APIs have the instructions in front of the conversation, as its first turns.
  const begins = parts.findIndex(({ by }) => by !== 'system');
  const instructions = parts.slice(0, begins < 0 ? parts.length : begins).map(({ text: words }) => words);
  return {
    system: [...conversation.system, ...instructions].join('\n\n'),
    parts: parts.slice(instructions.length),
    toolCalls: toolCallsOf(conversation),
  };
}

function partsOf({ turns }: Conversation): readonly TracedPart[] {
  const names = new Map<string, string>();
  return turns.flatMap((turn) => turn.parts.map((part) => partOf(turn, part, names)));
}

function partOf({ role: by }: Turn, part: Part, names: Map<string, string>): TracedPart {
  switch (part.kind) {
    case 'text':
      return { by, kind: 'text', name: null, text: part.text };
    case 'media':
      return { by, kind: 'media', name: part.type, text: part.name ?? '' };
    case 'thought':
      return { by, kind: 'thought', name: null, text: '' };
    case 'call':
      names.set(part.id, part.name);
      return { by, kind: 'call', name: part.name, text: inputText(part.input) };
    case 'result': {
      const text = part.content.map((piece) => (piece.kind === 'text' ? piece.text : `[${piece.type}]`)).join('\n');
      return { by: 'tool', kind: 'result', name: names.get(part.id) ?? null, text: part.isError ? `error: ${text}` : text };
    }
  }
}

function toolCallsOf({ turns }: Conversation): readonly ToolCall[] {
  const calls = new Map<string, Extract<Part, { kind: 'call' }>>();
  return turns.flatMap(({ parts }) =>
    parts.flatMap((part): ToolCall[] => {
      if (part.kind === 'call') calls.set(part.id, part);
      const call = part.kind === 'result' ? calls.get(part.id) : undefined;
      if (part.kind !== 'result' || call === undefined) return [];
      const text = part.content.map((piece) => (piece.kind === 'text' ? piece.text : '')).join('\n');
      const edit = editIn(call.input);
      return [
        {
          call: `${call.name} ${inputText(call.input)}`,
          failed: hasFailed({ text, isError: part.isError }),
          ...(edit !== null && { edit }),
        },
      ];
    }),
  );
}

/** What tools of agents that change a text call the text before and after. */
const edits = [
  ['file_path', 'old_string', 'new_string'],
  ['filePath', 'oldString', 'newString'],
  ['path', 'old_str', 'new_str'],
] as const;

function editIn(input: CallInput): NonNullable<ToolCall['edit']> | null {
  if (input.kind === 'text' || typeof input.value !== 'object' || input.value === null) return null;
  const members = new Map<string, unknown>(Object.entries(input.value));
  for (const names of edits) {
    const [file, from, to] = names.map((name) => members.get(name));
    if (typeof file === 'string' && typeof from === 'string' && typeof to === 'string') return { file, from, to };
  }
  return null;
}

function inputText(input: CallInput): string {
  return input.kind === 'text' ? input.text : JSON.stringify(input.value);
}
