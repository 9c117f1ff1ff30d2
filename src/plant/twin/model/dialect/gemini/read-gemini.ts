import { z } from 'zod';
import type { Json } from '../../../../../core/base/json.ts';
import type { ModelCall, Part, ToolChoice } from '../../call.ts';
import type { Asked, Reading } from '../dialect.ts';
import { reading, textOf } from '../read-parts.ts';

const Call = z.looseObject({ id: z.string().optional(), name: z.string(), args: z.json().optional() });
const Result = z.looseObject({ id: z.string().optional(), name: z.string(), response: z.json().optional() });
const GeminiPart = z.looseObject({
  text: z.string().optional(),
  thought: z.boolean().optional(),
  functionCall: Call.optional(),
  functionResponse: Result.optional(),
});
type GeminiPart = z.infer<typeof GeminiPart>;
const Content = z.looseObject({ role: z.string().optional(), parts: z.array(GeminiPart).default([]) });
const Declaration = z.looseObject({ name: z.string(), parameters: z.json().optional(), parametersJsonSchema: z.json().optional() });
const Body = z.looseObject({
  contents: z.union([z.array(Content).min(1), Content.transform((content) => [content])]),
  systemInstruction: z.union([z.string(), Content]).optional(),
  tools: z.array(z.looseObject({ functionDeclarations: z.array(Declaration).optional() })).default([]),
  toolConfig: z
    .looseObject({
      functionCallingConfig: z
        .looseObject({ mode: z.string().optional(), allowedFunctionNames: z.array(z.string()).optional() })
        .optional(),
    })
    .optional(),
  generationConfig: z
    .looseObject({
      responseSchema: z.json().optional(),
      responseJsonSchema: z.json().optional(),
      thinkingConfig: z.looseObject({ includeThoughts: z.boolean().optional() }).optional(),
    })
    .optional(),
});
type Body = z.infer<typeof Body>;

/** Reads a request to `/v1beta/models/<model>:generateContent`, streaming or not. */
export function readGemini(body: unknown, { model, stream }: Asked): Reading {
  return reading(Body, body, (parsed): ModelCall => {
    const { contents, systemInstruction, tools, toolConfig, generationConfig: config } = parsed;
    const system = typeof systemInstruction === 'string' ? systemInstruction : textOf(systemInstruction?.parts);
    const declared = tools.flatMap(({ functionDeclarations }) => functionDeclarations ?? []);
    return {
      protocol: 'gemini',
      model: model ?? '',
      stream: stream ?? false,
      streamUsage: true,
      system,
      turns: contents.map(({ role, parts }) => ({ role: role === 'model' ? 'assistant' : 'user', parts: parts.flatMap(partsOf) })),
      tools: declared.map(({ name, parameters, parametersJsonSchema }) => ({
        name,
        namespace: null,
        input: 'object',
        parameters: parametersJsonSchema ?? inLowerCase(parameters ?? null),
      })),
      toolChoice: choiceOf(toolConfig),
      schema: config?.responseJsonSchema ?? inLowerCase(config?.responseSchema ?? null),
      mayThink: config?.thinkingConfig?.includeThoughts ?? false,
      chunks: [...declared, system, ...contents].map((block) => ({ text: JSON.stringify(block), keep: false })),
    };
  });
}

function partsOf({ text, thought, functionCall: call, functionResponse: result }: GeminiPart): readonly Part[] {
  if (call !== undefined) return [{ kind: 'call', id: call.id ?? '', name: call.name, input: call.args ?? {} }];
  if (result !== undefined) return [{ kind: 'result', id: result.id ?? '', text: resultText(result.response ?? null) }];
  return text === undefined || text === '' || thought === true ? [] : [{ kind: 'text', text }];
}

/** Tools say what they found in a member of their own. */
function resultText(response: Json): string {
  if (typeof response !== 'object' || response === null) return String(response);
  const [said] = Object.values(response).filter((value) => typeof value === 'string');
  return said ?? JSON.stringify(response);
}

/** The API's own schemas write types in capitals. */
function inLowerCase(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(inLowerCase);
  if (typeof schema !== 'object' || schema === null) return schema;
  const members = Object.entries(schema).map(([name, value]: [string, Json]) => [
    name,
    name === 'type' && typeof value === 'string' ? value.toLowerCase() : inLowerCase(value),
  ]);
  return Object.fromEntries(members) as Json; // made of JSON
}

function choiceOf(config: Body['toolConfig']): ToolChoice {
  const { mode, allowedFunctionNames: names = [] } = config?.functionCallingConfig ?? {};
  if (mode?.toUpperCase() === 'NONE') return { kind: 'none' };
  if (mode?.toUpperCase() !== 'ANY') return { kind: 'free' };
  const [name] = names;
  return name === undefined || names.length > 1 ? { kind: 'any' } : { kind: 'tool', name };
}
