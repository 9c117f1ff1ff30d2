import { z } from 'zod';
import { maybe, numberedText, numeral, writtenArguments } from '../conversation/read-body.ts';
import { ChatUsage } from './chat-usage.ts';

/** What a chunk says, whichever way its server writes that. */
export interface ReadChunk {
  readonly id?: string | null | undefined;
  readonly usage?: z.infer<typeof ChatUsage> | null | undefined;
  readonly error?: unknown;
  readonly choices?: readonly Choice[] | null | undefined;
  /** What of it has a form that nobody knows here. */
  readonly unread?: unknown;
}

interface Choice {
  readonly delta?: Said | null | undefined;
  readonly message?: Said | null | undefined;
  readonly finish_reason?: string | null | undefined;
}

/** Part of a text that comes as a list; `aside` has no place in other APIs. */
export interface Spoken {
  readonly kind: 'text' | 'thought' | 'aside';
  readonly text: string;
}

/** Reads a chunk, or an answer in one piece; null for what is not even an object. */
export function readChunk(data: unknown): ReadChunk | null {
  const usual = Chunk.safeParse(data);
  if (usual.success) return usual.data;
  const own = OwnChunk.safeParse(data);
  if (own.success) return own.data;
  const outline = Outline.safeParse(data);
  return outline.success ? { ...outline.data, unread: membersOf(data).choices } : null;
}

const FunctionCall = z.object({ name: maybe.text, arguments: maybe.text });
const OwnFunctionCall = FunctionCall.extend({ arguments: writtenArguments.nullish() });
const Call = z.object({
  index: maybe.number,
  id: maybe.text,
  function: FunctionCall.nullish(),
  extra_content: maybe.any,
});
const Said = z.object({
  content: z.string().nullish(),
  reasoning_content: maybe.text,
  reasoning: maybe.text,
  refusal: maybe.text,
  tool_calls: z.array(Call).nullish(),
  /** The one call of an answer, as it was before there were lists of them. */
  function_call: FunctionCall.nullish(),
});
const Chunk = z.object({
  id: maybe.text,
  choices: z.array(z.object({ delta: Said.nullish(), message: Said.nullish(), finish_reason: maybe.text })).nullish(),
  usage: ChatUsage.nullish(),
  error: maybe.any,
});

const textIn = (parts: readonly Spoken[]): string => parts.map(({ text }) => text).join('');
const asThought = (text: string): readonly Spoken[] => [{ kind: 'thought', text }];
const TextPart = z.object({ type: z.literal('text'), text: z.string() }).transform(({ text }): Spoken => ({ kind: 'text', text }));
/** Mistral writes what its models think, and what they refer to, into the list of the content. */
const Parts = z.array(
  z.union([
    TextPart,
    z
      .object({ type: z.literal('thinking'), thinking: z.union([z.string(), z.array(TextPart).transform(textIn)]) })
      .transform(({ thinking }): Spoken => ({ kind: 'thought', text: thinking })),
    z.object({ type: z.literal('reference') }).transform((): Spoken => ({ kind: 'aside', text: '' })),
  ]),
);
const Thought = z
  .union([
    z.string(),
    z.object({ text: z.string() }).transform(({ text }) => asThought(text)),
    Parts.transform((parts) => asThought(textIn(parts))),
    // The answer stands without it.
    z.unknown().transform((): readonly Spoken[] => [{ kind: 'aside', text: '' }]),
  ])
  .nullish();

const OwnSaid = Said.extend({
  content: z.union([z.string(), Parts]).nullish(),
  reasoning_content: Thought,
  reasoning: Thought,
  tool_calls: z
    .array(
      Call.extend({
        index: numeral.nullish().catch(null),
        id: numberedText.nullish().catch(null),
        function: OwnFunctionCall.nullish(),
      }),
    )
    .nullish(),
  function_call: OwnFunctionCall.nullish().catch(null),
});
export type Said = z.infer<typeof OwnSaid>;
/** The same where a server writes some of it in its own way, and what is meant is plain. */
const OwnChunk = Chunk.extend({
  id: numberedText.nullish().catch(null),
  choices: z.array(z.object({ delta: OwnSaid.nullish(), message: OwnSaid.nullish(), finish_reason: maybe.text.catch(null) })).nullish(),
  usage: ChatUsage.nullish().catch(null),
});
/** What still counts where its content cannot be read. */
const Outline = OwnChunk.extend({
  choices: z.array(z.object({ finish_reason: maybe.text.catch(null) })).catch([]),
});

function membersOf(data: unknown): { readonly choices?: unknown } {
  return typeof data === 'object' && data !== null ? data : {};
}
