import { z } from 'zod';
import type { Tool } from '../conversation/conversation.ts';
import { offeredWithout } from '../conversation/hosted-tools.ts';
import { maybe } from '../conversation/read-body.ts';
import type { Remarks } from '../conversation/remarks.ts';

const Own = z.object({
  type: z.string(),
  name: maybe.text,
  description: maybe.text,
  parameters: maybe.any,
  strict: maybe.flag,
  format: z.object({ type: z.string(), syntax: maybe.text, definition: maybe.text }).nullish(),
  execution: maybe.text,
  defer_loading: maybe.flag,
});
type Own = z.infer<typeof Own>;
export const ResponsesTool = Own.extend({ tools: z.array(Own).nullish() });
export type ResponsesTool = z.infer<typeof ResponsesTool>;

/** The name by which a tool of a group is told to models that know no groups. */
export function flatName(namespace: string | null, name: string): string {
  return namespace === null ? name : `${namespace}__${name}`;
}

/** The search for tools that an agent does by itself. */
export const searchName = 'tool_search';

/** The tools of a request and those that were found since. Groups are flattened, free text becomes a member of an object. */
export function responsesTools(tools: readonly ResponsesTool[], demanded: boolean, remarks: Remarks): readonly Tool[] {
  const searches = tools.some((tool) => isSearch(tool));
  const own = tools.filter(({ type }) => type === 'function' || type === 'custom');
  const offered = [
    ...own.filter((tool) => isLoaded(tool, searches)).flatMap((tool) => toolOf(tool, null)),
    ...tools.flatMap(({ type, name, tools: inner }) =>
      type === 'namespace' ? (inner ?? []).filter((tool) => isLoaded(tool, searches)).flatMap((tool) => toolOf(tool, name ?? '')) : [],
    ),
    ...tools.filter(isSearch).map(searchOf),
  ];
  const hosted = tools.filter((tool) => !own.includes(tool) && tool.type !== 'namespace' && !isSearch(tool)).map(({ type }) => type);
  offeredWithout(hosted, { left: offered.length, demanded: demanded && offered.length === 0 }, remarks);
  return [...new Map(offered.map((tool) => [tool.name, tool])).values()];
}

function isSearch({ type, execution }: Own): boolean {
  return type === searchName && execution === 'client';
}

/** A deferred tool waits until a search has found it, where the agent can search. */
function isLoaded({ defer_loading: deferred }: Own, searches: boolean): boolean {
  return deferred !== true || !searches;
}

function toolOf(tool: Own, namespace: string | null): readonly Tool[] {
  const name = tool.name ?? '';
  const custom = tool.type === 'custom';
  const told = { name: flatName(namespace, name), description: tool.description ?? null, strict: tool.strict ?? null };
  const origin =
    namespace === null ? ({ kind: custom ? 'custom' : 'function' } as const) : ({ kind: 'namespace', namespace, name, custom } as const);
  if (!custom) return [{ ...told, parameters: tool.parameters ?? null, origin }];
  const input = { type: 'string', description: 'The whole input, as free text.' };
  const parameters = { type: 'object', properties: { input }, required: ['input'], additionalProperties: false };
  return [{ ...told, description: [tool.description, grammarOf(tool)].filter(Boolean).join('\n\n'), parameters, strict: null, origin }];
}

/** No other API holds a model to a grammar: it is told in words. */
function grammarOf({ format }: Own): string | null {
  if (format?.definition == null) return null;
  return `The input follows this grammar (${format.syntax ?? format.type}):\n${format.definition}`;
}

function searchOf({ description, parameters }: Own): Tool {
  const query = { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] };
  return {
    name: searchName,
    description: description ?? 'Finds tools.',
    parameters: parameters ?? query,
    strict: null,
    origin: { kind: 'search' },
  };
}

/** Tools that a search of the conversation has found: their loading is deferred no more. */
export function foundTools({
  type,
  tools,
}: {
  readonly type?: string | null | undefined;
  readonly tools?: unknown;
}): readonly ResponsesTool[] {
  if (type !== 'tool_search_output') return [];
  const loaded = <T extends Own>(tool: T): T => ({ ...tool, defer_loading: false });
  const found = z.array(ResponsesTool).safeParse(tools).data ?? [];
  return found.map((tool) => ({ ...loaded(tool), tools: tool.tools?.map(loaded) }));
}
