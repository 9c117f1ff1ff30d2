import type { SessionEvent } from '../../../core/station/session-event.ts';
import { at, countAt, jsonAt, listAt, numberAt, textAt } from '../foreign.ts';
import { errorOf } from './error-class.ts';
import type { Reader } from './harness.ts';
import { toolKind } from './tool-kind.ts';

/** Understands `codex exec --json`. */
export function codexReader(): Reader {
  return { read, readLast: () => [] };
}

function read(line: unknown): readonly SessionEvent[] {
  switch (textAt(line, 'type')) {
    case 'thread.started':
      return [{ type: 'session.started', session: textAt(line, 'thread_id'), model: null }];
    case 'item.started':
      return begun(at(line, 'item'));
    case 'item.updated':
      return textAt(line, 'item', 'type') === 'todo_list' ? [planOf(at(line, 'item'))] : [];
    case 'item.completed':
      return completed(at(line, 'item'));
    case 'error':
      return trouble(textAt(line, 'message'));
    case 'turn.failed':
      return [errorOf({ status: null, message: textAt(line, 'error', 'message') }), { type: 'turn.ended', said: 'failed' }];
    case 'turn.completed':
      return [usageOf(at(line, 'usage')), { type: 'turn.ended', said: 'completed' }];
    default:
      return [];
  }
}

function trouble(message: string): readonly SessionEvent[] {
  if (message.startsWith('Reconnecting')) return [{ type: 'retry', why: message, waitMs: null }];
  return [errorOf({ status: null, message })];
}

function begun(item: unknown): readonly SessionEvent[] {
  const tool = toolOf(item);
  if (tool === null) return textAt(item, 'type') === 'todo_list' ? [planOf(item)] : [];
  return [{ type: 'tool.started', id: textAt(item, 'id'), kind: toolKind(tool.name), ...tool }];
}

function completed(item: unknown): readonly SessionEvent[] {
  switch (textAt(item, 'type')) {
    case 'agent_message':
      return [{ type: 'message', text: textAt(item, 'text') }];
    case 'reasoning':
      return [{ type: 'thought', text: textAt(item, 'text') }];
    case 'todo_list':
      return [planOf(item)];
    case 'error':
      // It says so of what it can do without, as of a model that it does not know; what ends it is said outside of items.
      return [{ type: 'notice', text: textAt(item, 'message') }];
    default:
      return toolOf(item) === null ? [] : toolEnded(item);
  }
}

function toolEnded(item: unknown): readonly SessionEvent[] {
  const [id, said] = [textAt(item, 'id'), textAt(item, 'status')];
  const status = said === 'completed' ? 'ok' : said === 'declined' ? 'denied' : 'error';
  const parts = listAt(item, 'result', 'content').map((part) => textAt(part, 'text'));
  const output = textAt(item, 'aggregated_output') || parts.join('\n') || textAt(item, 'error', 'message');
  const edits = status === 'ok' ? listAt(item, 'changes') : [];
  return [
    { type: 'tool.ended', id, status, output },
    ...edits.map((change) => ({ type: 'edit', path: textAt(change, 'path'), tool: id }) as const),
  ];
}

function toolOf(item: unknown): Pick<SessionEvent & { readonly type: 'tool.started' }, 'name' | 'title' | 'input'> | null {
  const kind = textAt(item, 'type');
  switch (kind) {
    case 'command_execution':
      return { name: kind, title: textAt(item, 'command'), input: { command: textAt(item, 'command') } };
    case 'file_change': {
      const paths = listAt(item, 'changes').map((change) => textAt(change, 'path'));
      return { name: kind, title: paths.join(', '), input: jsonAt(item, 'changes') };
    }
    case 'mcp_tool_call': {
      const name = `${textAt(item, 'server')}.${textAt(item, 'tool')}`;
      return { name, title: name, input: jsonAt(item, 'arguments') };
    }
    case 'web_search':
      return { name: kind, title: textAt(item, 'query'), input: { query: textAt(item, 'query') } };
    default:
      return null;
  }
}

function planOf(item: unknown): SessionEvent {
  const entries = listAt(item, 'items').map((entry) => ({
    text: textAt(entry, 'text'),
    status: at(entry, 'completed') === true ? ('done' as const) : ('pending' as const),
  }));
  return { type: 'plan', entries };
}

/** Counts the whole thread, and what came out of a cache as input too. */
function usageOf(usage: unknown): SessionEvent {
  const cacheRead = countAt(usage, 'cached_input_tokens');
  const cacheWrite = countAt(usage, 'cache_write_input_tokens');
  return {
    type: 'usage',
    scope: 'session',
    input: Math.max(0, countAt(usage, 'input_tokens') - cacheRead - cacheWrite),
    cacheRead,
    cacheWrite,
    output: countAt(usage, 'output_tokens'),
    reasoning: numberAt(usage, 'reasoning_output_tokens'),
    costUsd: null,
  };
}
