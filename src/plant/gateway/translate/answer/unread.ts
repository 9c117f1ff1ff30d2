import type { AnswerEvent } from './event.ts';
import { faultOf, readFault } from './fault.ts';

/** Something of an answer in a form that nobody knows here. A translation fails for it; who hands it on has no need to read it. */
export function unread(said: unknown): AnswerEvent {
  const fault = faultOf('malformed', 'The model’s server sent part of its answer in a form that cannot be put into other words.');
  return { kind: 'unread', fault, said: charactersIn(said) };
}

/** Something of an answer that has no place in other APIs, such as what a provider’s own tools did: a translation does without. */
export const aside: AnswerEvent = { kind: 'unread', fault: null, said: 0 };

/** What cannot be read because it is nested too deeply: whatever writes a value anew has an end to that. Other errors stay errors. */
export function tooDeep(error: unknown): AnswerEvent {
  if (error instanceof RangeError) return unread(null);
  throw error;
}

/** Whether what stands in the member `error` tells of one: some servers write it into every answer. */
export function isError(said: unknown): boolean {
  if (typeof said !== 'object' || said === null) return Boolean(said);
  return Object.keys(said).length > 0;
}

interface Typed {
  /** Null where it has none. */
  readonly type: string | null;
  readonly error?: unknown;
}

/** An event of an API whose events have types, or the fault that it is: it tells of an error, or is none. */
export function typedEvent<E extends Typed>(
  event: E | null,
  data: unknown,
  begun: boolean,
): { readonly event: E; readonly fault: null } | { readonly event: null; readonly fault: AnswerEvent } {
  if (event?.type === 'error' || (event?.type === null && isError(event.error)))
    return { event: null, fault: { kind: 'fault', fault: readFault(data, null) } };
  // What has no type is part of the answer only where there is one.
  if (event !== null && (event.type !== null || begun)) return { event, fault: null };
  return { event: null, fault: { kind: 'fault', fault: faultOf('malformed', 'The model’s server sent an event that is none.') } };
}

/** Characters of all texts in a value but for files; no depth is too deep. */
function charactersIn(value: unknown): number {
  const left = [value];
  let count = 0;
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next === 'string') count += next.startsWith('data:') ? 0 : next.length;
    else if (typeof next === 'object' && next !== null) for (const member of Object.values(next)) left.push(member);
  }
  return count;
}
