import type { AgentErrorClass } from '../../../core/station/agent-error.ts';
import type { SessionEvent } from '../../../core/station/session-event.ts';

export interface Trouble {
  /** HTTP status of the model API, where it is known. */
  readonly status: number | null;
  readonly message: string;
  readonly retryAfterMs?: number | null;
  /** Class that the harness itself names; it knows best. */
  readonly class?: AgentErrorClass | null;
}

/** The event of something that went wrong, with its class by what is known of it. */
export function errorOf({ status, message, retryAfterMs = null, class: named = null }: Trouble): SessionEvent & { readonly type: 'error' } {
  const found = status ?? statusIn(message);
  return { type: 'error', class: named ?? classOf(found, message), status: found, retryAfterMs, message: message.slice(0, 2_000) };
}

/** Harnesses name the status in words where they have no field for it. */
const statusWords = /(?:status(?: code)?|API Error|"code"|HTTP)\W{0,4}\s?([45]\d\d)\b/i;

function statusIn(message: string): number | null {
  const found = statusWords.exec(message)?.[1];
  return found === undefined ? null : Number(found);
}

const byWords: readonly (readonly [RegExp, AgentErrorClass])[] = [
  // It goes on with a piece of the answer, in which any words may stand.
  [/^JSON pars(?:e|ing) (?:error|failed)/i, 'stream-lost'],
  // The factory's own gateway: no waiting and no other agent mends that.
  [/the budget of .{1,300} has no room for this call/is, 'budget'],
  [/context (window|length)|prompt is too long|maximum context|too many tokens|exceeds? the (context|maximum)/i, 'context-overflow'],
  [/insufficient_quota|quota|usage limit|billing|credit balance|payment required/i, 'quota'],
  [/model.{0,40}(not found|does not exist|not exist)|model_not_found/i, 'model-unknown'],
  [/not logged in|log ?in|authenticat|api key|unauthorized|forbidden/i, 'login'],
  [/rate.?limit|too many requests|resource.?exhausted/i, 'rate-limit'],
  [/overloaded|high demand|at capacity|unavailable/i, 'overloaded'],
  [/stream (disconnected|closed|ended|error)|premature|terminated|aborted|incomplete/i, 'stream-lost'],
  [/ECONN|ENOTFOUND|EAI_AGAIN|socket|fetch failed|connection (error|refused|reset|closed)|network|error sending request/i, 'network'],
  [/internal (server )?error|server error/i, 'server'],
];

/** The status tells first, but for those that are used for several things. */
function classOf(status: number | null, message: string): AgentErrorClass {
  const said = byWords.find(([words]) => words.test(message))?.[1] ?? null;
  if (status === null) return said ?? 'bad-request';
  if (status === 401 || status === 403) return 'login';
  if (said === 'budget') return said;
  if (status === 402) return 'quota';
  if (status === 404) return 'model-unknown';
  if (status === 408 || status === 504) return 'server';
  if (status === 413) return 'context-overflow';
  if (status === 429) return said === 'quota' ? 'quota' : 'rate-limit';
  if (status === 503 || status === 529) return 'overloaded';
  if (status >= 500) return 'server';
  return said === 'context-overflow' || said === 'quota' || said === 'model-unknown' ? said : 'bad-request';
}
