import { z } from 'zod';
import { withAllowed } from '../conversation/allowed-tools.ts';
import type { Conversation, Format, Thinking, Tool, ToolChoice } from '../conversation/conversation.ts';
import type { Asked } from '../conversation/dialect.ts';
import { offeredWithout } from '../conversation/hosted-tools.ts';
import { effortOf, maybe, readBody, samplingOf } from '../conversation/read-body.ts';
import { refuseLogprobs } from '../conversation/logprobs.ts';
import type { Remarks } from '../conversation/remarks.ts';
import { inCamelCase } from './camel-case.ts';
import { inLowerCase } from './gemini-schema.ts';
import { oneOrMany } from './one-or-many.ts';
import { GeminiContent, systemOf, turnsOf } from './read-contents.ts';

const Declaration = z.object({ name: z.string(), description: maybe.text, parameters: maybe.any, parametersJsonSchema: maybe.any });
const Config = z.object({
  temperature: maybe.number,
  topP: maybe.number,
  topK: maybe.number,
  maxOutputTokens: maybe.number,
  stopSequences: z.array(z.string()).nullish(),
  candidateCount: maybe.number,
  seed: maybe.number,
  presencePenalty: maybe.number,
  frequencyPenalty: maybe.number,
  responseMimeType: maybe.text,
  responseSchema: maybe.any,
  responseJsonSchema: maybe.any,
  responseModalities: z.array(z.string()).nullish(),
  responseLogprobs: maybe.flag,
  thinkingConfig: z.object({ includeThoughts: maybe.flag, thinkingBudget: maybe.number, thinkingLevel: maybe.text }).nullish(),
});
type Config = z.infer<typeof Config>;
const Body = z.object({
  contents: oneOrMany(GeminiContent, 1),
  systemInstruction: z.union([z.string(), GeminiContent]).nullish(),
  tools: oneOrMany(z.looseObject({ functionDeclarations: oneOrMany(Declaration).nullish() })).nullish(),
  toolConfig: z
    .object({ functionCallingConfig: z.object({ mode: maybe.text, allowedFunctionNames: z.array(z.string()).nullish() }).nullish() })
    .nullish(),
  generationConfig: Config.nullish(),
  cachedContent: maybe.text,
});
type Body = z.infer<typeof Body>;

/** Reads a request to `/v1beta/models/<model>:generateContent`, streaming or not. */
export function readGemini(body: unknown, { model, stream }: Asked, remarks: Remarks): Conversation | null {
  const parsed = readBody(Body, inCamelCase(body), remarks);
  if (parsed === null) return null;
  const config = parsed.generationConfig ?? Config.parse({});
  judge(parsed, config, remarks);
  const conversation: Conversation = {
    alias: model ?? '',
    stream: stream ?? false,
    streamUsage: true,
    system: systemOf(parsed.systemInstruction),
    turns: turnsOf(parsed.contents, remarks),
    tools: toolsOf(parsed.tools ?? [], remarks),
    toolChoice: choiceOf(parsed.toolConfig),
    parallelCalls: null,
    maxTokens: config.maxOutputTokens ?? null,
    sampling: samplingOf({ ...config, stop: config.stopSequences ?? [] }),
    thinking: thinkingOf(config.thinkingConfig),
    showThoughts: config.thinkingConfig?.includeThoughts ?? false,
    format: formatOf(config),
  };
  return withAllowed(conversation, allowedBy(parsed.toolConfig, conversation.toolChoice), remarks);
}

function judge({ cachedContent }: Body, { candidateCount, responseModalities, responseLogprobs }: Config, remarks: Remarks): void {
  if (cachedContent != null) remarks.refuse('cachedContent: it lies with its provider, and another one cannot read it: send its contents.');
  if ((candidateCount ?? 1) > 1) remarks.refuse(`candidateCount: ${candidateCount} answers at once cannot be had of another API.`);
  if (responseLogprobs === true) refuseLogprobs('responseLogprobs', remarks);
  const other = responseModalities?.find((modality) => modality.toUpperCase() !== 'TEXT');
  if (other !== undefined) remarks.refuse(`responseModalities: an answer as ${other} cannot be translated.`);
}

function toolsOf(groups: NonNullable<Body['tools']>, remarks: Remarks): readonly Tool[] {
  const declared = groups.flatMap(({ functionDeclarations }) => functionDeclarations ?? []);
  const hosted = groups.flatMap((group) => Object.keys(group).filter((name) => name !== 'functionDeclarations' && group[name] != null));
  offeredWithout(hosted, { left: declared.length, demanded: false }, remarks);
  return declared.map(({ name, description, parameters, parametersJsonSchema }) => ({
    name,
    description: description ?? null,
    parameters: parametersJsonSchema ?? (parameters == null ? null : inLowerCase(parameters)),
    strict: null,
    origin: { kind: 'function' },
  }));
}

function choiceOf(config: Body['toolConfig']): ToolChoice {
  const { mode, allowedFunctionNames: names } = config?.functionCallingConfig ?? {};
  const said = mode?.toUpperCase();
  if (said === 'NONE') return { kind: 'none' };
  if (said !== 'ANY') return { kind: 'free' };
  const [name, ...more] = names ?? [];
  return name === undefined || more.length > 0 ? { kind: 'any' } : { kind: 'tool', name };
}

/** One that is demanded is named by the choice. */
function allowedBy(config: Body['toolConfig'], { kind }: ToolChoice): readonly string[] | null {
  const { allowedFunctionNames: names } = config?.functionCallingConfig ?? {};
  return names == null || names.length === 0 || kind === 'tool' || kind === 'none' ? null : names;
}

function thinkingOf(config: Config['thinkingConfig']): Thinking | null {
  if (config == null) return null;
  const { thinkingBudget: budget, thinkingLevel: level } = config;
  if (budget === 0) return { kind: 'off' };
  // Less than nothing leaves it to the model.
  return { kind: 'on', effort: effortOf(level), budget: budget == null || budget < 0 ? null : budget };
}

function formatOf({ responseMimeType, responseSchema, responseJsonSchema }: Config): Format | null {
  const schema = responseJsonSchema ?? (responseSchema == null ? null : inLowerCase(responseSchema));
  if (schema !== null) return { kind: 'schema', name: 'answer', schema, strict: null };
  return responseMimeType === 'application/json' ? { kind: 'json' } : null;
}
