import { z } from 'zod';
import type { AnswerEvent, Decoder, Stop } from '../answer/event.ts';
import { faultOf, readFault } from '../answer/fault.ts';
import { maybe } from '../conversation/read-body.ts';
import { ChatUsage, usageOf } from './chat-usage.ts';

const Said = z.object({
  content: z.string().nullish(),
  reasoning_content: maybe.text,
  reasoning: maybe.text,
  refusal: maybe.text,
  tool_calls: z
    .array(
      z.object({
        index: maybe.number,
        id: maybe.text,
        function: z.object({ name: maybe.text, arguments: maybe.text }).nullish(),
        extra_content: maybe.any,
      }),
    )
    .nullish(),
});
type Said = z.infer<typeof Said>;
const Chunk = z.object({
  id: maybe.text,
  choices: z.array(z.object({ delta: Said.nullish(), message: Said.nullish(), finish_reason: maybe.text })).nullish(),
  usage: ChatUsage.nullish(),
  error: maybe.any,
});

/** Reads a stream of `/v1/chat/completions`. Tokens come after the end of the answer, so the end is told with them. */
export function chatDecoder(): Decoder {
  const blocks = chatBlocks();
  let begun = false;
  let finish: string | null = null;
  let done = false;
  return {
    take(data) {
      if (data === doneMark) {
        done = true;
        return [];
      }
      const parsed = Chunk.safeParse(data);
      if (!parsed.success) return [{ kind: 'fault', fault: faultOf('malformed', 'The model’s server sent a chunk that is none.') }];
      const { id, choices, usage, error } = parsed.data;
      if (error != null) return [{ kind: 'fault', fault: readFault(data, null) }];
      const [choice] = choices ?? [];
      const events: AnswerEvent[] = begun ? [] : [{ kind: 'begin', id: id ?? null }];
      begun = true;
      const said = choice?.delta ?? choice?.message;
      if (said != null) events.push(...blocks.take(said));
      if (choice?.finish_reason != null) finish = choice.finish_reason;
      if (usage != null) events.push({ kind: 'usage', usage: usageOf(usage) });
      return events;
    },
    end: () => (finish === null && !(done && begun) ? [] : [...blocks.close(), ...stopOf(finish ?? 'stop')]),
  };
}

/** Ends a stream; the one datum that is no JSON. */
export const doneMark = '[DONE]';

/** Reads an answer of `/v1/chat/completions` in one piece. */
export function decodeCompletion(body: unknown): readonly AnswerEvent[] | null {
  const parsed = Chunk.safeParse(body);
  const [choice] = parsed.data?.choices ?? [];
  if (choice?.message == null) return null;
  const decoder = chatDecoder();
  return [...decoder.take(body), ...(choice.finish_reason == null ? decoder.take(doneMark) : []), ...decoder.end()];
}

const stops: Readonly<Record<string, Stop>> = {
  stop: 'end',
  tool_calls: 'calls',
  function_call: 'calls',
  length: 'length',
  content_filter: 'refusal',
};

function stopOf(reason: string): readonly AnswerEvent[] {
  if (reason === 'error') return [{ kind: 'fault', fault: faultOf('server', 'The model’s server ended the answer with an error.') }];
  return [{ kind: 'stop', stop: stops[reason] ?? 'end', sequence: null }];
}

interface Blocks {
  take(said: Said): readonly AnswerEvent[];
  close(): readonly AnswerEvent[];
}

/** Nothing says where a block ends: text and thought end where something else begins, calls with the answer. */
function chatBlocks(): Blocks {
  let last = -1;
  let spoken: { readonly kind: 'text' | 'thought'; readonly block: number; readonly member: string; text: string } | null = null;
  const calls = new Map<number, { readonly block: number; readonly id: string | null }>();
  const closed: number[] = [];
  const endSpoken = (): readonly AnswerEvent[] => {
    if (spoken === null) return [];
    const { kind, block, member, text } = spoken;
    spoken = null;
    return [{ kind: 'close', block, keepsake: kind === 'thought' ? { [member]: text } : null }];
  };
  const speak = (kind: 'text' | 'thought', member: string, text: string | null | undefined): readonly AnswerEvent[] => {
    if (text == null || text === '') return [];
    const begin: AnswerEvent[] = [];
    if (spoken?.kind !== kind) {
      begin.push(...endSpoken(), { kind: 'open', block: (last += 1), what: { kind } });
      spoken = { kind, block: last, member, text: '' };
    }
    if (spoken === null) return begin;
    spoken.text += text;
    return [...begin, { kind: 'more', block: spoken.block, text }];
  };
  const call = (made: NonNullable<Said['tool_calls']>[number], at: number): readonly AnswerEvent[] => {
    const index = made.index ?? at;
    const known = calls.get(index);
    const { name, arguments: given } = made.function ?? {};
    const id = made.id || null;
    const text = given ?? '';
    // Some servers count every call as the first.
    const isNew = known === undefined || (id !== null && id !== known.id && name != null);
    if (!isNew) return text === '' ? [] : [{ kind: 'more', block: known.block, text }];
    if (known !== undefined) closed.push(known.block);
    const before = [...endSpoken(), ...belonging(made.extra_content)];
    last += 1;
    calls.set(index, { block: last, id });
    const open: AnswerEvent = { kind: 'open', block: last, what: { kind: 'call', id, name: name ?? '' } };
    return [...before, open, ...(text === '' ? [] : [{ kind: 'more', block: last, text } as const])];
  };
  /** What a server wants back with the call stands for a thought before it. */
  const belonging = (extra: unknown): readonly AnswerEvent[] => {
    if (extra == null) return [];
    last += 1;
    return [
      { kind: 'open', block: last, what: { kind: 'thought' } },
      { kind: 'close', block: last, keepsake: { extra_content: extra } },
    ];
  };
  return {
    take: (said) => [
      ...speak('thought', said.reasoning_content == null ? 'reasoning' : 'reasoning_content', said.reasoning_content ?? said.reasoning),
      ...speak('text', 'content', said.content ?? said.refusal),
      ...(said.tool_calls ?? []).flatMap(call),
    ],
    close: () => {
      const open = [...closed, ...[...calls.values()].map(({ block }) => block)];
      return [...endSpoken(), ...open.map((block) => ({ kind: 'close', block, keepsake: null }) as const)];
    },
  };
}
