import { z } from 'zod';

/** What Bedrock was told, in short words. */
export interface ToldToBedrock {
  readonly system: readonly string[];
  readonly turns: readonly (readonly [string, readonly string[]])[];
  readonly tools: readonly string[];
}

const Source = z.object({ bytes: z.string() });
const Inner = z.object({ text: z.string().optional(), image: z.object({ source: Source }).optional() });
const Block = Inner.extend({
  cachePoint: z.object({ type: z.string() }).optional(),
  reasoningContent: z.unknown().optional(),
  toolUse: z.object({ toolUseId: z.string(), name: z.string(), input: z.unknown() }).optional(),
  toolResult: z.object({ toolUseId: z.string(), content: z.array(Inner) }).optional(),
});
type Block = z.infer<typeof Block>;
const Body = z.object({
  system: z.array(Block),
  messages: z.array(z.object({ role: z.string(), content: z.array(Block) })),
  toolConfig: z.object({ tools: z.array(z.object({ toolSpec: z.object({ name: z.string() }) })) }).optional(),
});

/** Reads a request to Converse as Bedrock does; fails where it is none. */
export function toldToBedrock(body: unknown): ToldToBedrock {
  const { system, messages, toolConfig } = Body.parse(body);
  return {
    system: system.map(wordsOf),
    turns: messages.map(({ role, content }) => [role, content.map(wordsOf)]),
    tools: (toolConfig?.tools ?? []).map(({ toolSpec }) => toolSpec.name),
  };
}

function wordsOf(block: Block): string {
  const { text, image, cachePoint, reasoningContent, toolUse, toolResult } = block;
  if (text !== undefined) return `text ${text}`;
  if (image !== undefined) return `image ${image.source.bytes}`;
  if (cachePoint !== undefined) return 'mark';
  if (toolUse !== undefined) return `call ${toolUse.toolUseId} ${toolUse.name} ${JSON.stringify(toolUse.input)}`;
  if (toolResult !== undefined)
    return `result ${toolResult.toolUseId} ${toolResult.content.map((inner) => wordsOf(Block.parse(inner))).join(' ')}`;
  return `thought ${JSON.stringify(reasoningContent)}`;
}
