import type { SessionEvent } from '../../../core/station/session-event.ts';
import { at, countAt, jsonAt, numberAt, textAt } from '../foreign.ts';
import { errorOf } from './error-class.ts';
import type { Reader } from './harness.ts';
import { toolKind } from './tool-kind.ts';

/** Understands `opencode run --format json`. */
export function opencodeReader(): Reader {
  let session = '';
  return {
    read: (line) => {
      const named = textAt(line, 'sessionID');
      const first = named !== '' && named !== session;
      if (first) session = named;
      const started: readonly SessionEvent[] = first ? [{ type: 'session.started', session: named, model: null }] : [];
      return [...started, ...readLine(line)];
    },
    readLast: () => [],
  };
}

function readLine(line: unknown): readonly SessionEvent[] {
  const part = at(line, 'part');
  switch (textAt(line, 'type')) {
    case 'text':
      return [{ type: 'message', text: textAt(part, 'text') }];
    case 'reasoning':
      return [{ type: 'thought', text: textAt(part, 'text') }];
    case 'tool_use':
      return tool(part);
    case 'step_finish':
      return stepEnded(part);
    case 'error':
      return [trouble(at(line, 'error')), { type: 'turn.ended', said: 'error' }];
    default:
      return [];
  }
}

/** A tool is told of when it has ended. */
function tool(part: unknown): readonly SessionEvent[] {
  const [id, name, state] = [textAt(part, 'callID'), textAt(part, 'tool'), at(part, 'state')];
  const kind = toolKind(name);
  const failed = textAt(state, 'status') === 'error';
  const output = failed ? textAt(state, 'error') : textAt(state, 'output');
  const exit = numberAt(state, 'metadata', 'exit');
  const status = failed ? (refused.test(output) ? 'denied' : 'error') : exit !== null && exit !== 0 ? 'error' : 'ok';
  const path = textAt(state, 'input', 'filePath');
  const title = textAt(state, 'title') || textAt(state, 'input', 'command') || path || name;
  return [
    { type: 'tool.started', id, name, kind, title, input: jsonAt(state, 'input') },
    { type: 'tool.ended', id, status, output },
    ...(kind === 'edit' && path !== '' && status === 'ok' ? [{ type: 'edit', path, tool: id } as const] : []),
  ];
}

const refused = /rejected permission|prevents? you from using|permission (denied|rule)/i;

function stepEnded(part: unknown): readonly SessionEvent[] {
  const tokens = at(part, 'tokens');
  const reasoning = countAt(tokens, 'reasoning');
  const usage: SessionEvent = {
    type: 'usage',
    scope: 'call',
    input: countAt(tokens, 'input'),
    cacheRead: countAt(tokens, 'cache', 'read'),
    cacheWrite: countAt(tokens, 'cache', 'write'),
    // It counts thinking beside its output.
    output: countAt(tokens, 'output') + reasoning,
    reasoning,
    costUsd: numberAt(part, 'cost') || null,
  };
  const reason = textAt(part, 'reason');
  return reason === 'tool-calls' ? [usage] : [usage, { type: 'turn.ended', said: reason }];
}

function trouble(error: unknown): SessionEvent {
  const message = textAt(error, 'data', 'message') || textAt(error, 'message') || textAt(error, 'name');
  const status = numberAt(error, 'data', 'statusCode');
  const named = textAt(error, 'name') === 'ContextOverflowError' ? ('context-overflow' as const) : null;
  return errorOf({ status, message, class: named });
}
