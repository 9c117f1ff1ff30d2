import { createHash } from 'node:crypto';
import type { RescueSign } from '../../../core/gateway/routing/difficulty.ts';
import type { CallLedger, KeptCall } from '../../../core/ports/gateway/call-ledger.ts';
import type { TracedCall } from '../../../core/ports/gateway/model-trace.ts';
import { sessionIn } from '../upstream/headers.ts';
import { readAnswer } from './read-answer.ts';
import { readRequest, type ReadRequest } from './read-request.ts';
import { sessionOf, signsIn } from './stuck.ts';

/** How far a conversation has come. */
interface Told {
  readonly number: number;
  readonly system: string;
  /** Parts that were in the last request. */
  readonly parts: number;
  /** Whether it had a whole answer. */
  readonly isAnswered: boolean;
  /** Signs of being stuck that it showed. */
  readonly signs: readonly RescueSign[];
}

/** A call with its bodies as they were kept, null where the record has lost the call meanwhile, and what was new in it. */
export interface HeardCall {
  readonly kept: KeptCall;
  readonly said: { readonly request: string; readonly answer: string } | null;
  readonly traced: TracedCall;
}

/**
 * Rebuilds what was said in a run from the record of its calls: of each call what was new in it. Agents send with every call all that was
 * said before; it is told once. Throws `evidence-invalid` where a part of the record is gone or was changed.
 */
export async function* hearCalls(ledger: CallLedger, filter: { readonly run: string; readonly stage?: string }): AsyncGenerator<HeardCall> {
  const told = new Map<string, Told>();
  const counted = new Map<string, number>();
  for (const call of await ledger.calls({ ...filter, limit: mostCalls })) {
    const said = await ledger.said(call.id);
    const request = said === null ? null : readRequest(call, said.request);
    const place = `${call.caller.stage}/${call.caller.station}`;
    const key = `${place}/${conversationOf(call, request ?? nothingRead)}`;
    const known = told.get(key);
    const isAnother = known === undefined || (known.isAnswered && isBegunAnew(call, request ?? nothingRead));
    const before = isAnother ? { ...nothingTold, number: (counted.get(place) ?? 0) + 1 } : known;
    if (isAnother) counted.set(place, before.number);
    const { parts, toolCalls } = request ?? nothingRead;
    const answer = readAnswer(call, said?.answer ?? '');
    // A conversation that was shortened is told anew.
    const from = parts.length < before.parts ? 0 : before.parts;
    const signs = signsIn(toolCalls, call);
    const traced = {
      call: pick(call),
      session: sessionOf(call.tries),
      conversation: before.number,
      system: request === null || request.system === before.system ? null : request.system,
      heard: parts.slice(from).filter(({ by }) => by !== 'assistant'),
      said: answer.said,
      trouble: request === null ? 'its request is not one of its protocol' : answer.trouble,
      stuck: signs.filter(({ sign }) => !before.signs.includes(sign)),
    };
    yield { kept: call, said, traced };
    told.set(key, {
      number: before.number,
      system: request?.system ?? before.system,
      parts: parts.length,
      isAnswered: before.isAnswered || call.ended === 'whole',
      signs: signs.map(({ sign }) => sign),
    });
  }
}

const nothingRead: ReadRequest = { system: '', parts: [], toolCalls: [] };
const nothingTold: Omit<Told, 'number'> = { system: '', parts: 0, isAnswered: false, signs: [] };

/** One run has no more than that, or its record is not for people. */
const mostCalls = 100_000;

function pick({ id, at, caller, alias, by, protocol, ended, usage, estimated, cost, saved, ms }: KeptCall): TracedCall['call'] {
  return { id, at, caller, alias, by, protocol, ended, usage, estimated, cost, saved, ms };
}

/** What a harness says of its session, else how its conversation begins. */
function conversationOf({ headers }: KeptCall, { system, parts }: ReadRequest): string {
  const named = sessionIn(headers);
  const first = parts.find(({ by }) => by === 'user')?.text ?? '';
  const begins = createHash('sha256')
    .update(JSON.stringify([system.slice(0, 200), first]))
    .digest('hex')
    .slice(0, 16);
  return `${named ?? ''}/${begins}`;
}

/** The same task once more, where no name tells the two conversations apart: another attempt has nothing of what was said in the one before. */
function isBegunAnew({ headers }: KeptCall, { parts }: ReadRequest): boolean {
  return sessionIn(headers) === undefined && parts.length > 0 && parts.every(({ by }) => by === 'user' || by === 'system');
}
