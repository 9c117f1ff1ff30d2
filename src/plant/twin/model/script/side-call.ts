import type { IncomingHttpHeaders } from 'node:http';
import type { ModelCall, Turn } from '../call.ts';

/** What a call is for, where it is not the agent's work: nothing of it moves the script. */
export type SideCall = 'title' | 'summary' | 'suggestion' | 'judge' | 'other';

interface Sign {
  readonly kind: SideCall;
  /** In the instructions, of calls without tools. */
  readonly system: RegExp | null;
  /** In what is said last. */
  readonly last: RegExp | null;
}

/** By these words agents ask for such things. */
const signs: readonly Sign[] = [
  {
    kind: 'summary',
    system: /state_snapshot|summari[sz](?:e|ing) (?:the |this |our |a )?conversation|context (?:checkpoint )?(?:compaction|summari)/i,
    last: /create a (?:detailed|comprehensive|structured) summary of|context checkpoint compaction|summari[sz]e (?:the|this|our) (?:conversation|session)|<state_snapshot>|handoff summary|continuation summary|anchored summary/i,
  },
  {
    kind: 'title',
    system: /title generator|naming a (?:[\w-]+ )?session|(?:generate|write|create) a (?:[\w-]+,? ){0,4}title/i,
    last: /^\W*(?:generate|write|create) a (?:[\w-]+,? ){0,4}title\b/i,
  },
  {
    kind: 'suggestion',
    system: /(?:prompt|input|next.step) suggestion/i,
    last: /suggestion mode|predict what the user|suggest what the user/i,
  },
  {
    kind: 'judge',
    system: /\bguardian\b|security (?:judge|classifier)|(?:assess|judge|classify)[^.\n]{0,60}\b(?:risk|command|action|tool call)s?\b/i,
    last: /next_speaker|assess the (?:exact|planned) action/i,
  },
];

/** Says what a call is for beside the work; null for the work itself. `hasTools`: earlier calls of its conversation had tools. */
export function sideCallOf(call: ModelCall, headers: IncomingHttpHeaders, hasTools: boolean): SideCall | null {
  const declared = declaredKind(headers);
  if (declared !== null) return declared;
  const last = textOf(call.turns.findLast(({ role }) => role === 'user'));
  const bare = call.tools.length === 0;
  for (const sign of signs) {
    // Task texts speak of summaries and titles too: what is said last counts where it is short of a task, or ends a long talk.
    if (sign.last?.test(last.slice(0, 4000)) && (bare || isLate(call))) return sign.kind;
    if (bare && sign.system?.test(call.system.slice(0, 4000))) return sign.kind;
  }
  return bare && hasTools ? 'other' : null;
}

/** Codex says itself what a request is for. */
function declaredKind(headers: IncomingHttpHeaders): SideCall | null {
  const said = headers['x-openai-subagent'];
  const subagent = Array.isArray(said) ? said[0] : said;
  if (subagent !== undefined) return subagent === 'compact' ? 'summary' : /review|guardian/.test(subagent) ? 'judge' : null;
  const metadata = headers['x-codex-turn-metadata'];
  if (typeof metadata !== 'string') return null;
  if (/"request_kind":"compact/.test(metadata)) return 'summary';
  return /"(?:subagent_kind|agent_name|thread_source)":"[^"]*guardian/.test(metadata) ? 'judge' : null;
}

function isLate({ turns }: ModelCall): boolean {
  return turns.some(({ role }) => role === 'assistant');
}

/** Of what a user says last, the last text: what stands before it are reminders. */
function textOf(turn: Turn | undefined): string {
  const last = turn?.parts.findLast(({ kind }) => kind === 'text');
  return last?.kind === 'text' ? last.text : '';
}
