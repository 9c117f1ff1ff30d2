import type { Protocol } from '../../../core/gateway/config/protocol.ts';
import { type Fault, faultOf, replyError } from '../translate/index.ts';
import type { Reply } from './reply-to.ts';

/** An error for a caller who has heard nothing yet, and whether he is to ask again. */
export interface Refusal {
  readonly fault: Fault;
  readonly retryable: boolean;
}

export function refusal(
  kind: Fault['kind'],
  message: string,
  more: { readonly retryAfterMs?: number | null; readonly retryable?: boolean } = {},
): Refusal {
  const { retryAfterMs = null, retryable = false } = more;
  return { fault: faultOf(kind, message, retryAfterMs === null ? null : Math.ceil(retryAfterMs / 1000)), retryable };
}

/** Tells a caller of an error in the words of his protocol. Vendors' clients look at `x-should-retry` before they look at the status. */
export function refuse(reply: Reply, protocol: Protocol, { fault, retryable }: Refusal): void {
  const { status, body, retryAfter } = replyError(protocol, fault);
  const text = JSON.stringify(body);
  reply.head(status, {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    'x-should-retry': String(retryable),
    ...(retryAfter === null ? {} : { 'retry-after': String(retryAfter) }),
  });
  reply.end(text);
}
