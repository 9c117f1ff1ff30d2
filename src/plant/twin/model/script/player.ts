import type { IncomingHttpHeaders } from 'node:http';
import type { ModelCall } from '../call.ts';
import { deliversNothing } from '../fault/delivery.ts';
import type { Reply, ReplyPart, Stop } from '../reply.ts';
import type { Fault } from '../scenario/fault.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { composed } from './compose.ts';
import type { Conversation } from './conversation.ts';
import { struck, type Tally } from './disturbed.ts';
import { signsOf } from './recognise.ts';
import { openRoster } from './roster.ts';
import { promptOf, settled } from './settle.ts';
import { sideCallOf, type SideCall } from './side-call.ts';
import { sideReply } from './side-reply.ts';
import { counted } from './usage.ts';

/** What is to be answered to one call. */
export interface Turn {
  readonly kind: 'main' | SideCall;
  /** Null for a side call of no known conversation. */
  readonly conversation: string | null;
  readonly script: string | null;
  /** Step of the script, from 0; null for side calls. */
  readonly step: number | null;
  /** Null where nothing of an answer is to be sent. */
  readonly reply: Reply | null;
  readonly fault: Fault | null;
  readonly note: string | null;
  /** Milliseconds to wait before. */
  readonly waitMs: number;
  /** Says that whoever asked went away before the answer was sent. */
  lost(): void;
}

export interface Player {
  answer(call: ModelCall, headers: IncomingHttpHeaders, body: unknown): Turn;
}

/** Plays the scripts of a scenario in as many conversations as there are. */
export function openPlayer(scenario: Scenario): Player {
  const roster = openRoster(scenario);
  let tally: Tally = { calls: 0, disturbed: {} };
  let sides = 0;

  const aside = (side: SideCall, call: ModelCall, known: Conversation | null): Turn => {
    sides += 1;
    const parts = sideReply(side, call, known?.id ?? null);
    const { usage } = counted({ ...call, chunks: call.chunks.map((chunk) => ({ ...chunk, keep: false })) }, parts, []);
    const reply = replyOf(`side_${sides}`, call, { parts, stop: 'end', usage });
    return { ...nothing, kind: side, conversation: known?.id ?? null, script: known?.script.name ?? null, reply };
  };
  const onward = (before: Conversation, call: ModelCall, headers: IncomingHttpHeaders): Turn => {
    const here = settled({ ...before, hasTools: before.hasTools || call.tools.length > 0 }, call);
    const hit = struck(here, call, { scenario, headers, tally });
    tally = hit.tally;
    const { conversation, fault } = hit;
    const { id, script, position } = conversation;
    const base = { kind: 'main', conversation: id, script: script.name ?? null, step: position.step, fault } as const;
    if (fault !== null && deliversNothing(fault.kind)) {
      roster.keep(conversation);
      return { ...nothing, ...base };
    }
    const replyId = `${id}_${conversation.calls}`;
    const { parts, stop, after, note } = composed(conversation, call, replyId);
    const { usage, kept } = counted(call, parts, conversation.kept);
    const step = script.steps[position.step];
    const reply = replyOf(replyId, call, { parts, stop, usage: { ...usage, ...given(step?.usage ?? {}) } });
    roster.gave(id, [`resp_${replyId}`, ...parts.flatMap((part) => (part.kind === 'call' ? [part.id] : []))]);
    const last = { reply, after, sent: fault === null ? 'whole' : 'broken', prompt: promptOf(call) } as const;
    roster.keep({ ...conversation, last, kept });
    const lost = (): void => {
      const now = roster.of(id);
      if (now?.last?.reply === reply) roster.keep({ ...now, last: { ...last, sent: 'broken' } });
    };
    return { ...base, reply, note, waitMs: step?.waitMs ?? 0, lost };
  };
  return {
    answer(call, headers, body) {
      const signs = signsOf(call, headers, body);
      const known = roster.find(signs);
      const side = sideCallOf(call, headers, known?.hasTools ?? false);
      return side === null ? onward(known ?? roster.begin(signs, call, headers), call, headers) : aside(side, call, known);
    },
  };
}

const nothing = { conversation: null, script: null, step: null, reply: null, fault: null, note: null, waitMs: 0, lost: () => undefined };

function replyOf(id: string, { model }: ModelCall, rest: { parts: readonly ReplyPart[]; stop: Stop; usage: Reply['usage'] }): Reply {
  return { id, model, ...rest };
}

/** The members that a scenario sets. */
function given(usage: Readonly<Record<string, number | undefined>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(usage).flatMap(([name, tokens]) => (tokens === undefined ? [] : [[name, tokens]])));
}
