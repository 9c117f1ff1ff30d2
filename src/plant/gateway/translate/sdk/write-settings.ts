import type { Conversation } from '../conversation/conversation.ts';
import type { Remarks } from '../conversation/remarks.ts';
import { effortFor } from '../conversation/thinking.ts';
import type { Upstream } from '../conversation/upstream.ts';
import { thinkingOf } from '../gemini/write-gemini.ts';
import { thinkingFor } from '../messages/write-thinking.ts';
import type { Members } from '../protocol.ts';
import { kindOfModel } from './model-kind.ts';

interface Settings {
  /** Each package reads those under its own name, and passes over the others. */
  readonly providerOptions: Members;
  /** Tokens of the limit that are for thinking alone. */
  readonly budget: number;
}

/** What is told to one vendor's models only: how to think, and whether several calls may be made at once. */
export function settingsFor(conversation: Conversation, upstream: Upstream, limit: number | null, remarks: Remarks): Settings {
  const { isClaude, isGemini } = kindOfModel(upstream.model);
  const isSingle = conversation.parallelCalls === false;
  if (isClaude) return claudeSettings(conversation, upstream, limit ?? 0, remarks);
  if (isGemini) {
    if (isSingle) remarks.leaveOut('one call at a time');
    const thinking = thinkingOf(conversation, upstream);
    return { providerOptions: Object.keys(thinking).length === 0 ? {} : { vertex: thinking, google: thinking }, budget: 0 };
  }
  const effort = effortFor(conversation, upstream);
  const isTold = effort !== null && effort !== 'none';
  const openai = { ...(isTold && { reasoningEffort: effort }), ...(isSingle && { parallelToolCalls: false }) };
  const bedrock = { reasoningConfig: { type: 'enabled', maxReasoningEffort: effort === 'minimal' ? 'low' : effort } };
  const providerOptions = { ...(Object.keys(openai).length > 0 && { openai }), ...(isTold && { bedrock }) };
  return { providerOptions, budget: 0 };
}

function claudeSettings(conversation: Conversation, upstream: Upstream, limit: number, remarks: Remarks): Settings {
  const { thinking, effort } = thinkingFor(conversation, upstream, limit, remarks);
  const { type, budget_tokens: tokens } = thinking ?? {};
  const budgetTokens = typeof tokens === 'number' ? tokens : null;
  const own = { type, ...(budgetTokens !== null && { budgetTokens }) };
  const anthropic = {
    ...(thinking !== null && { thinking: own }),
    ...(effort !== null && { effort }),
    ...(conversation.parallelCalls === false && { disableParallelToolUse: true }),
  };
  const bedrock = thinking === null ? {} : { reasoningConfig: { ...own, ...(effort !== null && { maxReasoningEffort: effort }) } };
  const named = Object.entries({ anthropic, bedrock }).filter(([, told]) => Object.keys(told).length > 0);
  return { providerOptions: Object.fromEntries(named), budget: budgetTokens ?? 0 };
}
