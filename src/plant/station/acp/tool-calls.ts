import type { Json } from '../../../core/base/json.ts';
import { toolKinds, type SessionEvent, type ToolKind } from '../../../core/station/session-event.ts';
import { jsonAt, listAt, textAt, wordsAt } from '../foreign.ts';
import { isDesk } from '../harness/tool-kind.ts';

/** The calls of tools in a session, put together from whatever tells of them. */
export interface ToolCalls {
  /** A call, an update of one, or one that leave is asked for: agents tell of a call by any of these first. */
  take(told: unknown, how: 'call' | 'update' | 'asked'): readonly SessionEvent[];
  /** What a call does, and what it is called. */
  view(id: string): { readonly kind: ToolKind; readonly title: string };
  refused(id: string): void;
}

interface Call {
  name: string;
  title: string;
  kind: string;
  input: Json;
  output: string;
  paths: readonly string[];
  started: boolean;
  refused: boolean;
}

const longestOutput = 20_000;

export function toolCalls(): ToolCalls {
  const calls = new Map<string, Call>();
  const ended = new Set<string>();
  return {
    take: (told, how) => {
      const id = textAt(told, 'toolCallId');
      if (id === '' || ended.has(id)) return [];
      const call = calls.get(id) ?? newCall();
      calls.set(id, call);
      merge(call, told);
      const status = textAt(told, 'status');
      const over = status === 'completed' || status === 'failed';
      const events: SessionEvent[] = [];
      // The first word of a call often comes without what it is called with.
      if (!call.started && (over || status === 'in_progress' || how === 'asked' || (how === 'update' && hasInput(call.input)))) {
        call.started = true;
        const { name, title, input } = call;
        events.push({ type: 'tool.started', id, name: name || title, kind: kindOf(call), title: title || name, input });
      }
      if (!over) return events;
      ended.add(id);
      calls.delete(id);
      return [...events, ...endOf(id, call, status)];
    },
    view: (id) => {
      const call = calls.get(id) ?? newCall();
      return { kind: kindOf(call), title: call.title || call.name };
    },
    refused: (id) => {
      const call = calls.get(id);
      if (call !== undefined) call.refused = true;
    },
  };
}

function newCall(): Call {
  return { name: '', title: '', kind: '', input: {}, output: '', paths: [], started: false, refused: false };
}

/** What is told again takes the place of what was told before; what is not told stays. */
function merge(call: Call, told: unknown): void {
  call.name = textAt(told, 'name') || textAt(told, '_meta', 'claudeCode', 'toolName') || call.name;
  call.title = textAt(told, 'title') || call.title;
  call.kind = textAt(told, 'kind') || call.kind;
  const input = jsonAt(told, 'rawInput');
  if (hasInput(input)) call.input = input;
  const content = listAt(told, 'content');
  const texts = content.map((part) => textAt(part, 'content', 'text')).filter((text) => text !== '');
  const streamed = textAt(told, '_meta', 'terminal_output_delta', 'data');
  if (texts.length > 0) call.output = texts.join('\n');
  else if (streamed !== '') call.output += streamed;
  else if (call.output === '') call.output = wordsAt(told, 'rawOutput');
  call.output = call.output.slice(0, longestOutput);
  const diffs = content.filter((part) => textAt(part, 'type') === 'diff').map((part) => textAt(part, 'path'));
  const places = listAt(told, 'locations').map((place) => textAt(place, 'path'));
  const paths = diffs.length > 0 ? diffs : places;
  if (paths.length > 0) call.paths = [...new Set(paths)];
}

function hasInput(input: Json): boolean {
  return typeof input === 'object' && input !== null ? Object.keys(input).length > 0 : input !== null;
}

function kindOf({ name, title, kind }: Call): ToolKind {
  if (isDesk(name) || isDesk(title)) return 'report';
  const known = toolKinds.find((one) => one === kind.replace('_', '-'));
  // These two are ours to give.
  return known === undefined || known === 'report' || known === 'subagent' ? 'other' : known;
}

function endOf(id: string, call: Call, said: string): readonly SessionEvent[] {
  const status = call.refused ? 'denied' : said === 'failed' ? 'error' : 'ok';
  const changes = status === 'ok' && kindOf(call) === 'edit';
  return [
    { type: 'tool.ended', id, status, output: call.output },
    ...(changes ? call.paths.map((path) => ({ type: 'edit', path, tool: id }) as const) : []),
  ];
}
