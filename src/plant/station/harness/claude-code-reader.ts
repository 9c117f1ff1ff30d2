import type { AgentErrorClass } from '../../../core/station/agent-error.ts';
import type { SessionEvent } from '../../../core/station/session-event.ts';
import { at, countAt, jsonAt, listAt, numberAt, textAt, wordsAt } from '../foreign.ts';
import { errorOf } from './error-class.ts';
import type { Reader } from './harness.ts';
import { toolKind } from './tool-kind.ts';

/** Understands `--output-format stream-json` of Claude Code. */
export function claudeReader(): Reader {
  const edits = new Map<string, string>();
  return {
    read: (line) => {
      switch (textAt(line, 'type')) {
        case 'system':
          return system(line);
        case 'assistant':
          return listAt(line, 'message', 'content').flatMap((block) => said(block, { line, edits }));
        case 'user':
          return listAt(line, 'message', 'content').flatMap((block) => answered(block, { line, edits }));
        case 'result':
          return result(line);
        default:
          return [];
      }
    },
    readLast: () => [],
  };
}

function system(line: unknown): readonly SessionEvent[] {
  switch (textAt(line, 'subtype')) {
    case 'init':
      return [{ type: 'session.started', session: textAt(line, 'session_id'), model: textAt(line, 'model') || null }];
    case 'api_retry': {
      const why = `${textAt(line, 'error')} (${wordsAt(line, 'error_status')})`;
      return [{ type: 'retry', why, waitMs: numberAt(line, 'retry_delay_ms') }];
    }
    case 'permission_denied':
      return [{ type: 'permission', asked: textAt(line, 'tool_name'), answer: 'refused' }];
    case 'compact_boundary':
      return [{ type: 'notice', text: 'The conversation was made shorter.' }];
    default:
      return [];
  }
}

interface Around {
  readonly line: unknown;
  /** Files that tools are about to change, by the id of the call. */
  readonly edits: Map<string, string>;
}

function said(block: unknown, { line, edits }: Around): readonly SessionEvent[] {
  switch (textAt(block, 'type')) {
    case 'text':
      // What it says in the model's place is told again by the result, with its status.
      return textAt(line, 'message', 'model') === '<synthetic>' ? [] : [{ type: 'message', text: textAt(block, 'text') }];
    case 'thinking':
      return [{ type: 'thought', text: textAt(block, 'thinking') }];
    case 'tool_use': {
      const [id, name] = [textAt(block, 'id'), textAt(block, 'name')];
      const [kind, path] = [toolKind(name), textAt(block, 'input', 'file_path') || textAt(block, 'input', 'notebook_path')];
      if (kind === 'edit' && path !== '') edits.set(id, path);
      const title = textAt(block, 'input', 'command') || path || name;
      const started: SessionEvent = { type: 'tool.started', id, name, kind, title, input: jsonAt(block, 'input') };
      return name === 'TodoWrite' ? [started, planOf(block)] : [started];
    }
    default:
      return [];
  }
}

function planOf(block: unknown): SessionEvent {
  const statusOf = (todo: unknown): 'pending' | 'doing' | 'done' => {
    const status = textAt(todo, 'status');
    return status === 'completed' ? 'done' : status === 'in_progress' ? 'doing' : 'pending';
  };
  return {
    type: 'plan',
    entries: listAt(block, 'input', 'todos').map((todo) => ({ text: textAt(todo, 'content'), status: statusOf(todo) })),
  };
}

function answered(block: unknown, { line, edits }: Around): readonly SessionEvent[] {
  if (textAt(block, 'type') !== 'tool_result') return [];
  const id = textAt(block, 'tool_use_id');
  const meta = listAt(line, 'tool_result_meta').find((one) => textAt(one, 'id') === id);
  const denied = textAt(meta, 'permission_decision', 'decision') === 'reject';
  const status = denied ? 'denied' : at(block, 'is_error') === true ? 'error' : 'ok';
  const ended: SessionEvent = { type: 'tool.ended', id, status, output: outputOf(block) };
  const path = edits.get(id);
  edits.delete(id);
  return path === undefined || status !== 'ok' ? [ended] : [ended, { type: 'edit', path, tool: id }];
}

function outputOf(block: unknown): string {
  const parts = listAt(block, 'content');
  return parts.length === 0 ? textAt(block, 'content') : parts.map((part) => textAt(part, 'text')).join('\n');
}

/** `subtype` says "success" of a refused key too; `is_error`, the reason and the status do not lie. */
function result(line: unknown): readonly SessionEvent[] {
  const [subtype, reason] = [textAt(line, 'subtype'), textAt(line, 'terminal_reason')];
  const failed = at(line, 'is_error') === true || subtype.startsWith('error');
  const message = [textAt(line, 'result'), ...listAt(line, 'errors').map(String)].filter((text) => text !== '').join('; ');
  const trouble = { status: numberAt(line, 'api_error_status'), message: message || reason || subtype, class: limitOf(subtype, reason) };
  return [
    ...usageOf(line),
    ...(failed ? [errorOf(trouble)] : []),
    { type: 'turn.ended', said: [subtype, reason].filter((word) => word !== '').join(', ') },
  ];
}

function limitOf(subtype: string, reason: string): AgentErrorClass | null {
  if (subtype === 'error_max_turns' || reason === 'max_turns') return 'turn-limit';
  if (subtype === 'error_max_budget_usd' || reason === 'budget_exhausted') return 'budget';
  // It went wrong before any model was asked, as where a session to go on with is not there.
  return subtype === 'error_during_execution' ? 'protocol' : null;
}

/** `modelUsage` counts the whole session, those before a resume included; `usage` only what came after. */
function usageOf(line: unknown): readonly SessionEvent[] {
  const models = Object.values((at(line, 'modelUsage') as object | undefined) ?? {});
  if (models.length === 0) return [];
  const sum = (name: string): number => models.reduce<number>((total, model) => total + countAt(model, name), 0);
  return [
    {
      type: 'usage',
      scope: 'session',
      input: sum('inputTokens'),
      cacheRead: sum('cacheReadInputTokens'),
      cacheWrite: sum('cacheCreationInputTokens'),
      output: sum('outputTokens'),
      reasoning: sum('thinkingTokens'),
      costUsd: numberAt(line, 'total_cost_usd'),
    },
  ];
}
