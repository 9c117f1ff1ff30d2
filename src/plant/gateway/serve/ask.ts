import type { RecordedCall, RecordedTry } from '../../../core/ports/gateway/call-recorder.ts';
import type { KeyGrant } from '../../../core/ports/gateway/virtual-keys.ts';
import type { Lane } from '../lane/lane.ts';
import type { Way } from '../upstream/candidates.ts';
import type { Request } from '../upstream/order-for.ts';
import { type Refusal, refuse } from './errors.ts';
import { type Paid, paidFor } from './pay.ts';
import type { Reply } from './reply-to.ts';

/** One request of a known caller, under way. */
export interface Ask {
  readonly id: string;
  readonly request: Request;
  readonly grant: KeyGrant;
  readonly keyId: string;
  readonly reply: Reply;
  readonly underWay: UnderWay;
}

/** How far a request is, for the record of one that does not end. */
export interface UnderWay {
  tries: readonly RecordedTry[];
  /** The slot, plan or model that it was led to; null where what it named leads nowhere. */
  slot: string | null;
  /** Who is at work for it, and what was heard of it. */
  asked: { readonly way: Way; readonly lane: Lane } | null;
  /** What it came to where nobody is at work any more. */
  paid: Paid | null;
}

export function nobodyAsked(): UnderWay {
  return { tries: [], slot: null, asked: null, paid: null };
}

/** What a request came to as far as was seen; null where no model was at work for it. */
export function paidSoFar({ request, underWay: { asked, paid } }: Pick<Ask, 'request' | 'underWay'>): Paid | null {
  return asked === null ? paid : paidFor(request, asked.way, asked.lane.told(), false);
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
