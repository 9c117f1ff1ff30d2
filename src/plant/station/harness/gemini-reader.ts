import type { SessionEvent } from '../../../core/station/session-event.ts';
import { at, countAt, jsonAt, textAt } from '../foreign.ts';
import { errorOf } from './error-class.ts';
import type { Reader } from './harness.ts';
import { toolKind } from './tool-kind.ts';

/** Understands `-o stream-json` of Gemini CLI. */
export function geminiReader(): Reader {
  const edits = new Map<string, string>();
  let ended = false;
  return {
    read: (line) => {
      ended ||= textAt(line, 'type') === 'result';
      return readLine(line, edits);
    },
    // Until it gives up it speaks of what fails on stderr alone.
    readLast: (stderr) => (ended ? [] : lastFailure(stderr)),
  };
}

function readLine(line: unknown, edits: Map<string, string>): readonly SessionEvent[] {
  switch (textAt(line, 'type')) {
    case 'init':
      return [{ type: 'session.started', session: textAt(line, 'session_id'), model: textAt(line, 'model') || null }];
    case 'message':
      return textAt(line, 'role') === 'assistant' ? [{ type: 'message', text: textAt(line, 'content') }] : [];
    case 'tool_use': {
      const [id, name, path] = [textAt(line, 'tool_id'), textAt(line, 'tool_name'), textAt(line, 'parameters', 'file_path')];
      const kind = toolKind(name);
      if (kind === 'edit' && path !== '') edits.set(id, path);
      const title = textAt(line, 'parameters', 'command') || path || name;
      return [{ type: 'tool.started', id, name, kind, title, input: jsonAt(line, 'parameters') }];
    }
    case 'tool_result':
      return toolEnded(line, edits);
    case 'error':
      return [errorOf({ status: null, message: textAt(line, 'message') })];
    case 'result':
      return result(line);
    default:
      return [];
  }
}

function toolEnded(line: unknown, edits: Map<string, string>): readonly SessionEvent[] {
  const id = textAt(line, 'tool_id');
  const status = textAt(line, 'status') === 'success' ? 'ok' : 'error';
  const ended: SessionEvent = { type: 'tool.ended', id, status, output: textAt(line, 'output') || textAt(line, 'error', 'message') };
  const path = edits.get(id);
  edits.delete(id);
  return path === undefined || status !== 'ok' ? [ended] : [ended, { type: 'edit', path, tool: id }];
}

/** `success` is said of a loop that it broke off, and of an answer without content too. */
function result(line: unknown): readonly SessionEvent[] {
  const stats = at(line, 'stats');
  const usage: SessionEvent = {
    type: 'usage',
    // Of this process: what came before a resume is not counted.
    scope: 'turn',
    input: countAt(stats, 'input'),
    cacheRead: countAt(stats, 'cached'),
    cacheWrite: 0,
    output: Math.max(countAt(stats, 'output_tokens'), countAt(stats, 'total_tokens') - countAt(stats, 'input_tokens')),
    reasoning: Math.max(0, countAt(stats, 'total_tokens') - countAt(stats, 'input_tokens') - countAt(stats, 'output_tokens')),
    costUsd: null,
  };
  const status = textAt(line, 'status');
  const message = textAt(line, 'error', 'message');
  return [
    ...(stats === undefined ? [] : [usage]),
    ...(status === 'error' ? [errorOf({ status: null, message: message || 'It ended in an error.' })] : []),
    { type: 'turn.ended', said: status },
  ];
}

const attempt = /Attempt \d+ failed with status (\d{3})[^\n]*/g;

function lastFailure(stderr: string): readonly SessionEvent[] {
  const last = [...stderr.matchAll(attempt)].at(-1);
  return last === undefined ? [] : [errorOf({ status: Number(last[1]), message: last[0] })];
}
