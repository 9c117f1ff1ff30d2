import { hash } from 'node:crypto';
import type { Caller } from '../../../core/gateway/budget/budget-rule.ts';
import type { AskedBody } from '../body/asked.ts';
import type { Span } from '../body/top-level.ts';
import { sessionIn } from '../upstream/headers.ts';
import type { Request } from '../upstream/order-for.ts';
import { firstTurn, mostText, textAt } from './first-turn.ts';

const systems = ['system', 'instructions', 'systemInstruction', 'system_instruction'] as const;
const histories = ['messages', 'input', 'contents'] as const;

/**
 * Names the session of a request: what its harness says of it, and how it begins. Calls with one name and another beginning, as of a title
 * or a subagent, have no prefix in common and are sessions of their own; so is one that was shortened. It counts within one caller, whose
 * keys change from turn to turn, and one slot.
 */
export function sessionId(
  { protocol, alias, headers, body, asked }: Pick<Request, 'protocol' | 'alias' | 'headers' | 'body' | 'asked'>,
  caller: Caller,
): string {
  const { members } = asked;
  const part = (span: Span | undefined, at = span?.from ?? 0): string =>
    span === undefined ? '' : body.toString('latin1', at, Math.min(span.to, at + mostText));
  const system = spanOf(members, systems);
  const history = historyOf(members);
  const named = sessionIn(headers) ?? part(members.get('prompt_cache_key'));
  const { line, run, stage, station } = caller;
  const parts = [
    line,
    run,
    stage ?? '',
    station,
    protocol,
    alias,
    // A name may be as long as a head of HTTP can be.
    named.length <= mostText ? named : hash('sha256', named),
    part(system === undefined ? undefined : instructionsAt(body, system)),
    part(members.get('tools')),
    part(history === undefined ? undefined : firstTurn(body, history)),
  ];
  return hash('sha256', parts.join('\0')).slice(0, 24);
}

type Members = AskedBody['members'];

/** Where the conversation of a request lies in its body, in the words of whatever protocol. */
export function historyOf(members: Members): Span | undefined {
  return spanOf(members, histories);
}

function spanOf(members: Members, names: readonly string[]): Span | undefined {
  const name = names.find((one) => members.has(one));
  return name === undefined ? undefined : members.get(name);
}

/** A line that some agents put first, and that changes from call to call. */
const attribution = 'x-anthropic-billing-header';

function instructionsAt(body: Buffer, system: Span): Span {
  const first = textAt(body, system);
  const isAttribution = body.toString('latin1', first.from + 1, first.from + 1 + attribution.length) === attribution;
  return isAttribution ? textAt(body, { from: first.to, to: system.to }) : first;
}
