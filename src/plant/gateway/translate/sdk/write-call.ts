import type { Conversation, Tool } from '../conversation/conversation.ts';
import { systemAskingForJson } from '../conversation/json-line.ts';
import type { Remarks } from '../conversation/remarks.ts';
import { limitFor } from '../conversation/thinking.ts';
import type { Upstream } from '../conversation/upstream.ts';
import type { Members } from '../protocol.ts';
import { kindOfModel } from './model-kind.ts';
import { promptOf } from './write-prompt.ts';
import { settingsFor } from './write-settings.ts';

/** Writes what a model of a package is called with, as `doStream` and `doGenerate` take it. */
export function writeCall(conversation: Conversation, upstream: Upstream, remarks: Remarks): Members {
  const { format, sampling, toolChoice } = conversation;
  const { isClaude, takesJson } = kindOfModel(upstream.model);
  // Claude has to be told a limit, and its packages make one up.
  const limit = limitFor(conversation, upstream) ?? (isClaude ? upstream.maxOutputTokens : null);
  const { providerOptions, budget } = settingsFor(conversation, upstream, limit, remarks);
  const { temperature, topP, topK, seed, presencePenalty, frequencyPenalty, stop } = sampling;
  // Packages add to the limit what is for thinking.
  const said = {
    temperature,
    topP,
    topK,
    seed,
    presencePenalty,
    frequencyPenalty,
    maxOutputTokens: limit === null ? null : limit - budget,
  };
  const system = takesJson ? conversation.system : systemAskingForJson(conversation, remarks);
  const isSilenced = toolChoice.kind === 'none' && hasCalls(conversation);
  if (isSilenced && !kindOfModel(upstream.model).isGemini) remarks.leaveOut('the demand that no tool is called, beside calls of before');
  return {
    prompt: promptOf({ ...conversation, system }, upstream, remarks),
    ...Object.fromEntries(Object.entries(said).filter(([, value]) => value !== null)),
    ...(stop.length > 0 && { stopSequences: stop }),
    ...(format !== null && { responseFormat: formatOf(format) }),
    ...toolsOf(conversation, upstream),
    ...(Object.keys(providerOptions).length > 0 && { providerOptions }),
  };
}

function formatOf(format: NonNullable<Conversation['format']>): Members {
  return format.kind === 'json' ? { type: 'json' } : { type: 'json', name: format.name, schema: format.schema };
}

function hasCalls({ turns }: Conversation): boolean {
  return turns.some(({ parts }) => parts.some(({ kind }) => kind === 'call'));
}

/** Packages leave calls of before out where no tool may be called, or none is there: then tools are offered all the same. */
function toolsOf(conversation: Conversation, { model, cacheMarks }: Upstream): Members {
  const { tools, toolChoice, turns } = conversation;
  const { isGemini, isClaude } = kindOfModel(model);
  const called = isGemini ? [] : turns.flatMap(({ parts }) => parts.flatMap((part) => (part.kind === 'call' ? [part.name] : [])));
  const of = (name: string): Tool => ({ name, description: null, parameters: null, strict: null, origin: { kind: 'function' } });
  const offered = tools.length > 0 ? tools : [...new Set(called)].map(of);
  if (offered.length === 0) return {};
  const marked = cacheMarks && isClaude ? offered.length - 1 : -1;
  const choice = toolChoice.kind === 'none' && called.length > 0 ? null : choiceOf(toolChoice);
  return { tools: offered.map((tool, at) => toolOf(tool, at === marked)), ...(choice !== null && { toolChoice: choice }) };
}

function toolOf({ name, description, parameters, strict }: Tool, isMarked: boolean): Members {
  return {
    type: 'function',
    name,
    ...(description !== null && { description }),
    inputSchema: parameters ?? { type: 'object', properties: {} },
    ...(strict === true && { strict }),
    ...(isMarked && { providerOptions: { anthropic: { cacheControl: { type: 'ephemeral' } } } }),
  };
}

function choiceOf(choice: Conversation['toolChoice']): Members | null {
  if (choice.kind === 'free') return null;
  if (choice.kind === 'tool') return { type: 'tool', toolName: choice.name };
  return { type: choice.kind === 'any' ? 'required' : 'none' };
}
