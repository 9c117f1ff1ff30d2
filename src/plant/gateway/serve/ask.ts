import type { RecordedCall, RecordedTry } from '../../../core/ports/gateway/call-recorder.ts';
import type { KeyGrant } from '../../../core/ports/gateway/virtual-keys.ts';
import type { Request } from '../upstream/order-for.ts';
import { type Refusal, refuse } from './errors.ts';
import type { Paid } from './pay.ts';
import type { Reply } from './reply-to.ts';

/** One request of a known caller, under way. */
export interface Ask {
  readonly id: string;
  readonly request: Request;
  readonly grant: KeyGrant;
  readonly keyId: string;
  readonly reply: Reply;
}

/** What became of a request, for the record. */
export interface Answered {
  readonly tries: readonly RecordedTry[];
  readonly ended: RecordedCall['ended'];
  /** Null where no model was at work for it. */
  readonly paid: Paid | null;
}

export function refused({ reply, request }: Ask, why: Refusal, tries: readonly RecordedTry[] = []): Answered {
  refuse(reply, request.protocol, why);
  return { tries, ended: 'refused', paid: null };
}
