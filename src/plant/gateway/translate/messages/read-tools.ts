import { z } from 'zod';
import type { Tool } from '../conversation/conversation.ts';
import { offeredWithout } from '../conversation/hosted-tools.ts';
import { maybe } from '../conversation/read-body.ts';
import type { Remarks } from '../conversation/remarks.ts';

export const MessagesTool = z.object({
  type: maybe.text,
  name: z.string(),
  description: maybe.text,
  input_schema: maybe.any,
  strict: maybe.flag,
  defer_loading: maybe.flag,
});
type MessagesTool = z.infer<typeof MessagesTool>;

/** The tools of a request. One whose loading is deferred is offered once a result of the conversation has named it. */
export function messagesTools(
  tools: readonly MessagesTool[],
  messages: unknown,
  demanded: string | null,
  remarks: Remarks,
): readonly Tool[] {
  const own = tools.filter(({ type, input_schema: schema }) => type == null || type === 'custom' || schema !== undefined);
  const hosted = tools.filter((tool) => !own.includes(tool));
  // Where the provider searches, the model can be given all at once instead.
  const searches = hosted.some(({ type }) => type?.startsWith('tool_search_tool') === true);
  const found = own.some(({ defer_loading: deferred }) => deferred === true) && !searches ? namedIn(messages) : null;
  const offered = own.filter(
    ({ name, defer_loading: deferred }) => deferred !== true || found === null || found.has(name) || name === demanded,
  );
  offeredWithout(
    hosted.map(({ type }) => type ?? ''),
    { left: offered.length, demanded: hosted.some(({ name }) => name === demanded) },
    remarks,
  );
  return offered.map(({ name, description, input_schema: parameters, strict }) => ({
    name,
    description: description ?? null,
    parameters: parameters ?? null,
    strict: strict ?? null,
    origin: { kind: 'function' },
  }));
}

const Naming = z.array(
  z.object({
    content: z
      .array(z.object({ content: z.array(z.object({ tool_name: z.string() }).catch({ tool_name: '' })) }).catch({ content: [] }))
      .catch([]),
  }),
);

function namedIn(messages: unknown): ReadonlySet<string> {
  const parsed = Naming.safeParse(messages);
  const names = (parsed.data ?? []).flatMap(({ content }) => content.flatMap((block) => block.content.map(({ tool_name: name }) => name)));
  return new Set(names);
}
