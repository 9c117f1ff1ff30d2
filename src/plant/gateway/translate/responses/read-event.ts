import { z } from 'zod';
import { maybe, numberedText, numeral, writtenArguments } from '../conversation/read-body.ts';
import { ResponsesUsage } from './responses-usage.ts';

/** An event of a stream. */
export interface Event {
  /** Null where it has none. */
  readonly type: string | null;
  readonly output_index: number;
  readonly summary_index?: number | null | undefined;
  readonly delta?: string | null | undefined;
  readonly item?: Item | null | undefined;
  readonly response?: Response | null | undefined;
  readonly error?: unknown;
  /** Its content where that has a form that nobody knows here. */
  readonly unread?: unknown;
}

/** Reads an event; null for what is not even an object. */
export function readEvent(data: unknown): Event | null {
  const usual = UsualEvent.safeParse(data);
  if (usual.success) return usual.data;
  const own = OwnEvent.safeParse(data);
  if (!own.success) return null;
  const { item, delta, ...rest } = own.data;
  const read = OwnItem.nullish().safeParse(item);
  if (read.success && (typeof delta === 'string' || delta == null)) return { ...rest, item: read.data, delta };
  return { ...rest, unread: [item, delta] };
}

/** Reads an answer in one piece; null for what is none. */
export function readResponse(body: unknown): (Response & { readonly unread?: unknown }) | null {
  const usual = Response.safeParse(body);
  if (usual.success) return usual.data;
  const outline = Outline.safeParse(body);
  if (!outline.success) return null;
  const items = z.array(OwnItem).safeParse(outline.data.output);
  return items.success ? { ...outline.data, output: items.data } : { ...outline.data, output: [], unread: outline.data.output };
}

const Part = z.looseObject({ type: z.string(), text: maybe.text, refusal: maybe.text });
const Item = z.looseObject({
  type: z.string(),
  call_id: maybe.text,
  name: maybe.text,
  arguments: maybe.text,
  content: z.array(Part).nullish().catch(null),
  summary: z.array(Part).nullish().catch(null),
  encrypted_content: maybe.text,
});
export type Item = z.infer<typeof Item>;
const Response = z.object({
  id: maybe.text,
  status: maybe.text,
  error: maybe.any,
  incomplete_details: z.object({ reason: maybe.text }).nullish(),
  output: z.array(Item).nullish(),
  usage: ResponsesUsage.nullish(),
});
export type Response = z.infer<typeof Response>;
const UsualEvent = z.object({
  type: z.string(),
  output_index: z.number().default(0),
  summary_index: z.number().nullish(),
  delta: maybe.text,
  item: Item.nullish(),
  response: Response.nullish(),
});

/** The items that other APIs have a place for; of each other one its type is enough. */
const known = ['message', 'reasoning', 'function_call'];
const OwnItem = z.union([
  Item.extend({
    call_id: numberedText.nullish().catch(null),
    arguments: writtenArguments.nullish(),
  }),
  z.object({ type: z.string().refine((type) => !known.includes(type)) }).transform(({ type }): Item => ({ type })),
]);
/** An answer that tells more of itself in its own way than what is meant by it. */
const Outline = Response.extend({
  id: numberedText.nullish().catch(null),
  status: maybe.text.catch(null),
  incomplete_details: z.object({ reason: maybe.text }).nullish().catch(null),
  output: z.array(z.unknown()),
  usage: ResponsesUsage.nullish().catch(null),
});
/** The same where a server writes some of it in its own way, and what is meant is plain. */
const OwnEvent = z.object({
  type: z.string().nullable().catch(null),
  output_index: numeral.catch(0),
  summary_index: numeral.nullish().catch(null),
  delta: maybe.any,
  item: maybe.any,
  response: Outline.extend({ output: z.array(OwnItem).nullish().catch(null) })
    .nullish()
    .catch(null),
  error: maybe.any,
});
