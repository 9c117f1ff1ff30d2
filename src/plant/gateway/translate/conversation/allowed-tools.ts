import type { Conversation } from './conversation.ts';
import type { Remarks } from './remarks.ts';

/**
 * A request whose model may call a part of the tools only: the others are not told to it, which every API can say, and the rest of the
 * choice stays. Null allows all.
 */
export function withAllowed(conversation: Conversation, names: readonly string[] | null, remarks: Remarks): Conversation {
  if (names === null) return conversation;
  const tools = conversation.tools.filter(({ name }) => names.includes(name));
  if (tools.length === 0 && conversation.toolChoice.kind === 'any')
    remarks.refuse('A call is demanded, and none of the tools that are allowed is among those of the request.');
  return { ...conversation, tools };
}
