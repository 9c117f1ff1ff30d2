import type { Conversation, Effort, Tool, ToolChoice } from '../conversation/conversation.ts';
import type { Remarks } from '../conversation/remarks.ts';
import type { Upstream } from '../conversation/upstream.ts';
import { budgetFor, effortFor, limitFor } from '../conversation/thinking.ts';
import type { Members } from '../protocol.ts';
import { contentsOf } from './write-contents.ts';

/** Writes a request to `:generateContent`; model and streaming stand in the address. */
export function writeGemini(conversation: Conversation, upstream: Upstream, remarks: Remarks): Members {
  const { system, tools, toolChoice, parallelCalls } = conversation;
  if (parallelCalls === false) remarks.leaveOut('one call at a time');
  if (upstream.cacheKey !== null) remarks.leaveOut('the key of the cache');
  const config = configOf(conversation, upstream);
  return {
    ...(system.length > 0 && { systemInstruction: { parts: system.map((text) => ({ text })) } }),
    contents: contentsOf(conversation, upstream),
    ...(tools.length > 0 && { tools: [{ functionDeclarations: tools.map(declarationOf) }], ...choiceOf(toolChoice) }),
    ...(Object.keys(config).length > 0 && { generationConfig: config }),
  };
}

function declarationOf({ name, description, parameters }: Tool): Members {
  return { name, ...(description !== null && { description }), ...(parameters !== null && { parametersJsonSchema: parameters }) };
}

function choiceOf(choice: ToolChoice): Members {
  if (choice.kind === 'free') return {};
  if (choice.kind === 'none') return { toolConfig: { functionCallingConfig: { mode: 'NONE' } } };
  return { toolConfig: { functionCallingConfig: { mode: 'ANY', ...(choice.kind === 'tool' && { allowedFunctionNames: [choice.name] }) } } };
}

function configOf(conversation: Conversation, upstream: Upstream): Members {
  const { sampling, format } = conversation;
  const limit = limitFor(conversation, upstream);
  const { temperature, topP, topK, seed, presencePenalty, frequencyPenalty, stop } = sampling;
  const said = { temperature, topP, topK, seed, presencePenalty, frequencyPenalty, maxOutputTokens: limit };
  return {
    ...Object.fromEntries(Object.entries(said).filter(([, value]) => value !== null)),
    ...(stop.length > 0 && { stopSequences: stop }),
    ...(format !== null && { responseMimeType: 'application/json' }),
    ...(format?.kind === 'schema' && { responseJsonSchema: format.schema }),
    ...thinkingOf(conversation, upstream),
  };
}

const levels: Readonly<Record<Effort, string>> = { minimal: 'minimal', low: 'low', medium: 'medium', high: 'high', xhigh: 'high' };

/** Says how a model of the API is to think; empty where nothing is said. */
export function thinkingOf(conversation: Conversation, upstream: Upstream): Members {
  const budget = budgetFor(conversation, upstream);
  const effort = effortFor(conversation, upstream);
  const includeThoughts = conversation.showThoughts;
  if (budget !== null) return { thinkingConfig: { thinkingBudget: budget, includeThoughts: budget > 0 && includeThoughts } };
  if (effort === null) return {};
  return { thinkingConfig: effort === 'none' ? { thinkingLevel: 'minimal' } : { thinkingLevel: levels[effort], includeThoughts } };
}
