import type { Conversation, Effort, Turn } from '../conversation/conversation.ts';
import type { Remarks } from '../conversation/remarks.ts';
import type { Upstream } from '../conversation/upstream.ts';
import { budgetFor, effortFor } from '../conversation/thinking.ts';
import type { Members } from '../protocol.ts';

export interface MessagesThinking {
  readonly thinking: Members | null;
  readonly effort: string | null;
  readonly isOn: boolean;
}

/** The least that the API takes. */
const leastBudget = 1_024;
const efforts: Readonly<Record<Effort, string>> = { minimal: 'low', low: 'low', medium: 'medium', high: 'high', xhigh: 'max' };
const silent: MessagesThinking = { thinking: null, effort: null, isOn: false };
const off: MessagesThinking = { thinking: { type: 'disabled' }, effort: null, isOn: false };

/** Says how the model is to think, within what the API allows together. */
export function thinkingFor(conversation: Conversation, upstream: Upstream, limit: number, remarks: Remarks): MessagesThinking {
  const budget = budgetFor(conversation, upstream);
  const effort = effortFor(conversation, upstream);
  if (budget === null && effort === null) return silent;
  if (budget === 0 || effort === 'none') return off;
  const hindrance = hindranceOf(conversation, budget === null ? null : Math.min(budget, limit - 1));
  if (hindrance !== null) {
    remarks.leaveOut(`thinking: ${hindrance}`);
    return off;
  }
  if (budget !== null) return { thinking: { type: 'enabled', budget_tokens: Math.min(budget, limit - 1) }, effort: null, isOn: true };
  return { thinking: { type: 'adaptive' }, effort: effort === null ? null : efforts[effort], isOn: true };
}

function hindranceOf({ toolChoice, turns }: Conversation, budget: number | null): string | null {
  if (toolChoice.kind === 'any' || toolChoice.kind === 'tool') return 'the call of a tool is demanded';
  if (budget === null) return null;
  if (budget < leastBudget) return `the answer is too short for ${leastBudget} tokens of it`;
  return isLoopWithoutThought(turns) ? 'the thoughts before the calls under way are another model’s, or were not given back' : null;
}

/** Within a round of calls the API wants the thoughts that it began with. */
function isLoopWithoutThought(turns: readonly Turn[]): boolean {
  const last = turns.findLast(({ role }) => role === 'assistant');
  const isOpen = turns.at(-1)?.parts.some(({ kind }) => kind === 'result') ?? false;
  return isOpen && last?.parts[0]?.kind !== 'thought';
}
