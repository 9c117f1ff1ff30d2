import type { IncomingHttpHeaders } from 'node:http';
import type { ModelCall } from '../call.ts';
import type { Fault } from '../scenario/fault.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { fits } from './cast.ts';
import type { Conversation } from './conversation.ts';

/** How often a call came, and what went wrong, over all conversations. */
export interface Tally {
  readonly calls: number;
  readonly disturbed: Readonly<Record<number, number>>;
}

export interface Struck {
  readonly fault: Fault | null;
  readonly conversation: Conversation;
  readonly tally: Tally;
}

interface Around {
  readonly scenario: Scenario;
  readonly headers: IncomingHttpHeaders;
  readonly tally: Tally;
}

/** Counts a call and says what goes wrong with it: what the scenario has for it, else the fault of its step. */
export function struck(conversation: Conversation, call: ModelCall, { scenario, headers, tally }: Around): Struck {
  const here = { ...conversation, calls: conversation.calls + 1 };
  const everywhere = { ...tally, calls: tally.calls + 1 };
  for (const [index, { fault, at, times, of, when }] of scenario.faults.entries()) {
    const { calls, disturbed } = of === 'all' ? everywhere : here;
    const past = disturbed[index] ?? 0;
    if (calls < at || (times !== 'forever' && past >= times) || !fits(when, call, headers)) continue;
    const counts = { disturbed: { ...disturbed, [index]: past + 1 } };
    return of === 'all'
      ? { fault, conversation: here, tally: { ...everywhere, ...counts } }
      : { fault, conversation: { ...here, ...counts }, tally: everywhere };
  }
  const { step } = here.position;
  const own = here.script.steps[step]?.fault;
  if (own === undefined || here.faulted.includes(step)) return { fault: null, conversation: here, tally: everywhere };
  return { fault: own, conversation: { ...here, faulted: [...here.faulted, step] }, tally: everywhere };
}
