import { dialects } from '../dialects.ts';
import type { Members, Protocol } from '../protocol.ts';
import { jsonOf, noAnswer } from './excerpt.ts';
import { type Fault, faultOf, readFault } from './fault.ts';

/** An error for the caller: its status and its body. */
export interface ReplyError {
  readonly status: number;
  readonly body: Members;
  /** The header `retry-after`, in seconds; null for none. */
  readonly retryAfter: number | null;
}

/** Reads the error with which an upstream refused a call, whatever it speaks. */
export function refusalOf(status: number, text: string, retryAfter: number | null): Fault {
  const body = jsonOf(text);
  if (body !== undefined) return readFault(body, status, retryAfter);
  const { kind } = readFault(null, status, retryAfter);
  return faultOf(kind, `The model’s server answered ${status}. ${noAnswer(text).message}`, retryAfter);
}

/** Writes a fault in the words of the caller's API. */
export function replyError(from: Protocol, fault: Fault): ReplyError {
  const { kind, retryAfter } = fault;
  // 529 is a status of one API alone.
  const status = kind === 'overloaded' && from === 'messages' ? 529 : fault.status;
  return { status, body: dialects[from].error({ ...fault, status }), retryAfter };
}
