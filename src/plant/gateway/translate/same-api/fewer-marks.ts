import type { Members } from '../protocol.ts';

/** More than these the Messages API does not take. */
const most = 4;

/**
 * Takes marks for the prompt cache out of a request of the Messages API where they are too many, or on a thought: those at
 * the ends of tools and system stay, and the last ones of the conversation. Everything else stays as it is.
 */
export function fewerMarks(body: Members): Members {
  const messages = listOf(body['messages']);
  const marked = messages.flatMap((message) => listOf(message['content']).filter(hasMark));
  const ends = ['tools', 'system'].flatMap((name) => listOf(body[name]).filter(hasMark).slice(-1));
  const allowed = marked.filter((block) => !isThought(block)).slice(-(most - ends.length));
  const kept = new Set([...ends, ...allowed]);
  const trimmed = (list: unknown): unknown =>
    Array.isArray(list) ? list.map((item: unknown) => (isMembers(item) && !kept.has(item) ? withoutMark(item) : item)) : list;
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => {
      if (name === 'messages') return [name, messages.map((message) => ({ ...message, content: trimmed(message['content']) }))];
      return [name, name === 'tools' || name === 'system' ? trimmed(value) : value];
    }),
  );
}

function hasMark(block: Members): boolean {
  return block['cache_control'] != null;
}

function isThought({ type }: Members): boolean {
  return type === 'thinking' || type === 'redacted_thinking';
}

function withoutMark(block: Members): Members {
  if (!hasMark(block)) return block;
  const { cache_control: _gone, ...rest } = block;
  return rest;
}

function listOf(value: unknown): readonly Members[] {
  return Array.isArray(value) ? value.filter(isMembers) : [];
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
