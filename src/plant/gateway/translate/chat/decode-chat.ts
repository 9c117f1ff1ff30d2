import type { AnswerEvent, Decoder, Stop } from '../answer/event.ts';
import { faultOf, readFault } from '../answer/fault.ts';
import { usageEvents } from '../answer/told-usage.ts';
import { aside, isError, unread } from '../answer/unread.ts';
import { parsedArguments } from '../conversation/call-input.ts';
import { usageOf } from './chat-usage.ts';
import { readChunk, type Said, type Spoken } from './read-chunk.ts';

/** Reads a stream of `/v1/chat/completions`. Tokens come after the end of the answer, so the end is told with them. */
export function chatDecoder(): Decoder {
  const blocks = chatBlocks();
  let begun = false;
  let finish: string | null = null;
  let done = false;
  let counted = false;
  return {
    take(data) {
      if (data === doneMark) {
        done = true;
        return [];
      }
      const chunk = readChunk(data);
      if (chunk === null) return [{ kind: 'fault', fault: faultOf('malformed', 'The model’s server sent a chunk that is none.') }];
      const { id, choices, usage, error } = chunk;
      if (isError(error)) return [{ kind: 'fault', fault: readFault(data, null) }];
      const [choice] = choices ?? [];
      const events: AnswerEvent[] = begun ? [] : [{ kind: 'begin', id: id ?? null }];
      begun = true;
      const said = choice?.delta ?? choice?.message;
      if (said != null) events.push(...blocks.take(said));
      if (chunk.unread != null) events.push(unread(chunk.unread));
      if (choice?.finish_reason != null) finish = choice.finish_reason;
      counted ||= usage != null;
      if (usage != null) events.push(...usageEvents(usageOf(usage)));
      return events;
    },
    isWhole: () => done || (finish !== null && counted),
    end: () => (finish === null && !(done && begun) ? [] : [...blocks.close(), ...stopOf(finish ?? 'stop')]),
  };
}

/** Ends a stream; the one datum that is no JSON. */
export const doneMark = '[DONE]';

/** Reads an answer of `/v1/chat/completions` in one piece. */
export function decodeCompletion(body: unknown): readonly AnswerEvent[] | null {
  const chunk = readChunk(body);
  const [choice] = chunk?.choices ?? [];
  if (chunk === null || choice === undefined || (choice.message == null && chunk.unread == null)) return null;
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
  let spoken: { readonly kind: 'text' | 'thought'; readonly block: number; readonly member: string | null; text: string } | null = null;
  const calls = new Map<number, Called>();
  const closed: number[] = [];
  const endSpoken = (): readonly AnswerEvent[] => {
    if (spoken === null) return [];
    const { kind, block, member, text } = spoken;
    spoken = null;
    return [{ kind: 'close', block, keepsake: kind === 'thought' && member !== null ? { [member]: text } : null }];
  };
  const speak = ({ kind, member, text }: Utterance): readonly AnswerEvent[] => {
    if (kind === 'aside') return [aside];
    if (text === '') return [];
    const begin: AnswerEvent[] = [];
    if (spoken?.kind !== kind) {
      begin.push(...endSpoken(), { kind: 'open', block: (last += 1), what: { kind } });
      spoken = { kind, block: last, member, text: '' };
    }
    if (spoken === null) return begin;
    spoken.text += text;
    return [...begin, { kind: 'more', block: spoken.block, text }];
  };
  const call = (made: MadeCall, at: number): readonly AnswerEvent[] => {
    const index = made.index ?? at;
    const known = calls.get(index);
    const { name, arguments: given } = made.function ?? {};
    const id = made.id || null;
    const text = given ?? '';
    if (known !== undefined && !isAnother(known, { id, name: name ?? '', text })) {
      known.text += text;
      return text === '' ? [] : [{ kind: 'more', block: known.block, text }];
    }
    if (known !== undefined) closed.push(known.block);
    const before = [...endSpoken(), ...belonging(made.extra_content)];
    last += 1;
    calls.set(index, { block: last, id, name: name ?? '', text });
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
    take: (said) => [...utterancesIn(said).flatMap(speak), ...callsIn(said, calls.size > 0).flatMap(call)],
    close: () => {
      const open = [...closed, ...[...calls.values()].map(({ block }) => block)];
      return [...endSpoken(), ...open.map((block) => ({ kind: 'close', block, keepsake: null }) as const)];
    },
  };
}

/** What is said, and the member that would take it back: none would take the thoughts of a list. */
interface Utterance extends Spoken {
  readonly member: string | null;
}

function utterancesIn({ reasoning_content: content, reasoning, content: text, refusal }: Said): readonly Utterance[] {
  const thought = utterances('thought', content == null ? 'reasoning' : 'reasoning_content', content ?? reasoning);
  return [...thought, ...utterances('text', 'content', text ?? refusal)];
}

function utterances(kind: Spoken['kind'], member: string, given: string | readonly Spoken[] | null | undefined): readonly Utterance[] {
  if (given == null) return [];
  return typeof given === 'string' ? [{ kind, member, text: given }] : given.map((one) => ({ ...one, member: null }));
}

type MadeCall = NonNullable<Said['tool_calls']>[number];

/** The one call of the older form stands where no list does; some servers write it, with nothing in it, into every answer. */
function callsIn({ tool_calls: listed, function_call: only }: Said, isCalling: boolean): readonly MadeCall[] {
  if (listed != null && listed.length > 0) return listed;
  return only == null || (!isCalling && !only.name) ? [] : [{ function: only }];
}

interface Called {
  readonly block: number;
  readonly id: string | null;
  readonly name: string;
  text: string;
}

/** Some servers count every call as the first, or not at all, and not all of those name them: what is whole needs no more. */
function isAnother(
  known: Called,
  { id, name, text }: { readonly id: string | null; readonly name: string; readonly text: string },
): boolean {
  if (name === '' || known.name === '') return false;
  if (id !== null) return id !== known.id;
  return name !== known.name || (text.trim() !== '' && known.text !== '' && parsedArguments(known.text) !== null);
}
