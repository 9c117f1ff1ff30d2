import type { Members } from '../protocol.ts';

type IsOwn = (signature: unknown) => boolean;

/** Messages: blocks of thought. A message of nothing else goes with them. */
export function ownMessages(body: Members, isOwn: IsOwn): Members {
  const isKept = ({ type, signature, data }: Members): boolean =>
    type === 'thinking' ? isOwn(signature) : type === 'redacted_thinking' ? isOwn(data) : true;
  return withList(body, 'messages', (message) => filtered(message, 'content', isKept));
}

/** Responses: items of reasoning. */
export function ownResponses(body: Members, isOwn: IsOwn): Members {
  return withList(body, 'input', (item) => (item['type'] === 'reasoning' && !isOwn(item['encrypted_content']) ? null : item));
}

/** Chat Completions: what stands for a thought beside a call. */
export function ownChat(body: Members, isOwn: IsOwn): Members {
  const withoutForeign = (call: Members): Members => {
    const google = membersOf(membersOf(call['extra_content'])?.['google']);
    if (google === null || isOwn(google['thought_signature'])) return call;
    const { extra_content: _gone, ...rest } = call;
    return rest;
  };
  return withList(body, 'messages', (message) => withList(message, 'tool_calls', withoutForeign));
}

/** Gemini: signatures beside parts. A call whose own is gone gets the word that the API documents for calls of others. */
export function ownGemini(body: Members, isOwn: IsOwn): Members {
  const withoutForeign = (part: Members): Members | null => {
    if (part['thoughtSignature'] === undefined || isOwn(part['thoughtSignature'])) return part;
    const { thoughtSignature: _gone, ...rest } = part;
    if (rest['functionCall'] !== undefined) return { ...rest, thoughtSignature: 'skip_thought_signature_validator' };
    return rest['thought'] === true || rest['text'] === '' ? null : rest;
  };
  return withList(body, 'contents', (content) => {
    const kept = withList(content, 'parts', withoutForeign);
    return isEmptied(content['parts'], kept['parts']) ? null : kept;
  });
}

function filtered(members: Members, name: string, isKept: (member: Members) => boolean): Members | null {
  const kept = withList(members, name, (member) => (isKept(member) ? member : null));
  return isEmptied(members[name], kept[name]) ? null : kept;
}

function isEmptied(before: unknown, after: unknown): boolean {
  return Array.isArray(before) && before.length > 0 && Array.isArray(after) && after.length === 0;
}

/** The same members with one list changed, in the same order; what is no list stays. Null takes a member out. */
function withList(members: Members, name: string, change: (member: Members) => Members | null): Members {
  const list: unknown = members[name];
  if (!Array.isArray(list)) return members;
  const changed = list.map((item: unknown) => {
    const own = membersOf(item);
    return own === null ? item : change(own);
  });
  return { ...members, [name]: changed.filter((item) => item !== null) };
}

function membersOf(value: unknown): Members | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : null; // an object of JSON
}
