import type { Members } from '../protocol.ts';

interface Marked {
  readonly tools?: readonly Members[];
  readonly system?: readonly Members[];
  readonly messages: readonly { readonly role: string; readonly content: readonly Members[] }[];
}

const mark = { cache_control: { type: 'ephemeral' } };

/** Marks the ends of tools, system and the last turn of the user: three of the four marks that the API takes, none on a thought. */
export function marked<T extends Marked>(body: T): T {
  const last = body.messages.findLastIndex(({ role }) => role === 'user');
  return {
    ...body,
    ...(body.system !== undefined && { system: markedEnd(body.system) }),
    messages: body.messages.map((message, at) => (at === last ? { ...message, content: markedEnd(message.content) } : message)),
    ...(body.tools !== undefined && { tools: markedEnd(body.tools) }),
  };
}

function markedEnd(list: readonly Members[]): readonly Members[] {
  return list.map((item, at) => (at === list.length - 1 ? { ...item, ...mark } : item));
}
