import { z } from 'zod';
import { maybe, numberedText, numeral } from '../conversation/read-body.ts';
import { MessagesUsage } from './messages-usage.ts';

/** An event of a stream. */
export interface Event {
  /** Null where it has none. */
  readonly type: string | null;
  readonly index: number;
  readonly message?: { readonly id?: string | null | undefined; readonly usage?: MessagesUsage | null | undefined } | null | undefined;
  readonly content_block?: Block | null | undefined;
  readonly delta?: Delta | null | undefined;
  readonly usage?: MessagesUsage | null | undefined;
  readonly error?: unknown;
  /** Its content where that has a form that nobody knows here. */
  readonly unread?: unknown;
}

/** Reads an event; null for what is not even an object. */
export function readEvent(data: unknown): Event | null {
  const usual = UsualEvent.safeParse(data);
  if (usual.success) return usual.data;
  const own = OwnEvent.safeParse(data);
  if (own.success) return own.data;
  const outline = Outline.safeParse(data);
  if (!outline.success) return null;
  const { content_block: block, delta, ...rest } = outline.data;
  return { ...rest, delta: Stops.safeParse(delta).data, unread: [block, delta] };
}

/** An answer in one piece. */
export interface Message {
  readonly id?: string | null | undefined;
  readonly content: readonly Block[];
  readonly stop_reason?: string | null | undefined;
  readonly stop_sequence?: string | null | undefined;
  readonly usage?: MessagesUsage | null | undefined;
  /** Its content where that has a form that nobody knows here. */
  readonly unread?: unknown;
}

/** Reads an answer in one piece; null for what is none. */
export function readMessage(body: unknown): Message | null {
  const usual = UsualMessage.safeParse(body);
  if (usual.success) return usual.data;
  const own = OwnMessage.safeParse(body);
  if (own.success) return own.data;
  const outline = MessageOutline.safeParse(body);
  return outline.success ? { ...outline.data, content: [], unread: outline.data.content } : null;
}

const Block = z.object({
  type: z.string(),
  id: maybe.text,
  name: maybe.text,
  text: maybe.text,
  thinking: maybe.text,
  signature: maybe.text,
  data: maybe.text,
  input: maybe.any,
});
export type Block = z.infer<typeof Block>;
const Delta = z.object({
  text: maybe.text,
  thinking: maybe.text,
  signature: maybe.text,
  partial_json: maybe.text,
  stop_reason: maybe.text,
  stop_sequence: maybe.text,
});
export type Delta = z.infer<typeof Delta>;
const UsualEvent = z.object({
  type: z.string(),
  index: z.number().default(0),
  message: z.object({ id: maybe.text, usage: MessagesUsage.nullish() }).nullish(),
  content_block: Block.nullish(),
  delta: Delta.nullish(),
  usage: MessagesUsage.nullish(),
});

const id = numberedText.nullish().catch(null);
const usage = MessagesUsage.nullish().catch(null);
const stops = { stop_reason: maybe.text.catch(null), stop_sequence: maybe.text.catch(null) };
const Stops = z.object(stops);
const OwnBlock = Block.extend({ id });
/** The same where a server writes some of it in its own way, and what is meant is plain. */
const OwnEvent = UsualEvent.extend({
  index: numeral.catch(0),
  message: z.object({ id, usage }).nullish(),
  content_block: OwnBlock.nullish(),
  delta: Delta.extend(stops).nullish(),
  usage,
});
/** What still counts where its content cannot be read. */
const Outline = OwnEvent.extend({
  type: z.string().nullable().catch(null),
  message: z.object({ id, usage }).nullish().catch(null),
  content_block: maybe.any,
  delta: maybe.any,
  error: maybe.any,
});

const UsualMessage = z.object({
  type: z.literal('message'),
  id: maybe.text,
  content: z.array(Block),
  stop_reason: maybe.text,
  stop_sequence: maybe.text,
  usage: MessagesUsage.nullish(),
});
const OwnMessage = UsualMessage.extend({ ...stops, id, usage, content: z.array(OwnBlock) });
const MessageOutline = OwnMessage.extend({ content: z.union([z.string(), z.array(z.unknown())]) });
