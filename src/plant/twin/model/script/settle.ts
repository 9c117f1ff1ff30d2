import { canonicalJson } from '../../../../core/base/json.ts';
import type { ModelCall, Part } from '../call.ts';
import type { Reply, ReplyCall } from '../reply.ts';
import type { Answered, Conversation } from './conversation.ts';

/**
 * Moves a script on once the next request shows that the last answer arrived. An answer that was asked for again, or
 * was broken and is not in what the agent remembers, is given once more.
 */
export function settled(conversation: Conversation, call: ModelCall): Conversation {
  const { last } = conversation;
  if (last === null) return conversation;
  return { ...conversation, last: null, position: arrived(last, call) ? last.after : conversation.position };
}

/** The prompt of a call, to tell whether the same is asked again. */
export function promptOf({ chunks }: ModelCall): string {
  return chunks.map(({ text }) => text).join('\n');
}

function arrived({ reply, sent, prompt }: Answered, call: ModelCall): boolean {
  // A whole answer may be gone from a conversation that was summarised meanwhile; then the prompt is another one.
  return sent === 'whole' ? promptOf(call) !== prompt : isRemembered(reply, call);
}

function isRemembered(reply: Reply, { turns }: ModelCall): boolean {
  const said = turns.filter(({ role }) => role === 'assistant').flatMap(({ parts }) => parts);
  const calls = reply.parts.filter((part) => part.kind === 'call');
  if (calls.length > 0) return calls.every((made) => said.some((part) => isSame(made, part)));
  const texts = reply.parts.filter((part) => part.kind === 'text');
  return texts.length > 0 && texts.every(({ text }) => said.some((part) => part.kind === 'text' && part.text.includes(text)));
}

/** Some agents give calls an id of their own. */
function isSame({ id, tool, input }: ReplyCall, part: Part): boolean {
  if (part.kind !== 'call') return false;
  return part.id === id || (part.name === tool.name && canonicalJson(part.input) === canonicalJson(input));
}
