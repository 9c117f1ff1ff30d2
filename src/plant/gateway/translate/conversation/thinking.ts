import type { Conversation, Effort } from './conversation.ts';
import type { Upstream } from './upstream.ts';

const budgets: Readonly<Record<Effort, number>> = { minimal: 1_024, low: 2_048, medium: 8_192, high: 16_384, xhigh: 32_768 };

/** What a upstream that counts tokens of thought is told; 0 for none, null where nothing is said or the upstream does not think. */
export function budgetFor({ thinking }: Conversation, upstream: Upstream): number | null {
  if (thinking === null || upstream.thinking !== 'budget') return null;
  if (thinking.kind === 'off') return 0;
  return thinking.budget ?? budgets[thinking.effort ?? 'medium'];
}

/** What a upstream that thinks by effort is told; null where nothing is said or the upstream does not think. */
export function effortFor({ thinking }: Conversation, upstream: Upstream): Effort | 'none' | null {
  if (thinking === null || upstream.thinking !== 'effort') return null;
  if (thinking.kind === 'off') return 'none';
  if (thinking.effort !== null || thinking.budget === null) return thinking.effort ?? 'medium';
  const { budget } = thinking;
  const [most] = (Object.entries(budgets) as [Effort, number][]).findLast(([, tokens]) => budget >= tokens) ?? ['minimal' as const]; // keys of the table
  return most;
}

/** The limit of the answer: what the caller asks for, and no more than the model gives. */
export function limitFor({ maxTokens }: Conversation, { maxOutputTokens }: Upstream): number | null {
  if (maxTokens === null || maxOutputTokens === null) return maxTokens;
  return Math.min(maxTokens, maxOutputTokens);
}
