import type { SessionEvent } from '../../../core/station/session-event.ts';
import { at, countAt, listAt, numberAt, textAt } from '../foreign.ts';
import { toolCalls, type ToolCalls } from './tool-calls.ts';

/** Understands what an agent tells of its session; what nobody knows is passed over. */
export interface Updates {
  readonly calls: ToolCalls;
  /** The `update` of a `session/update`. */
  read(update: unknown): readonly SessionEvent[];
  /** The answer to a prompt: how the turn ended, and what it took. */
  ended(response: unknown): readonly SessionEvent[];
  /** Words that were not told yet, because more of them might have come. */
  rest(): readonly SessionEvent[];
}

export interface UpdatesOptions {
  /** Whether the `usage` of a prompt counts the whole session; where it counts something else, it is not used. */
  readonly countsSession: boolean;
}

/** Words are put together up to this length. */
const longestWords = 16_000;

export function updatesOf({ countsSession }: UpdatesOptions): Updates {
  const calls = toolCalls();
  let speech: { readonly type: 'message' | 'thought'; text: string } | null = null;
  let cost: number | null = null;

  const rest = (): readonly SessionEvent[] => {
    const said = speech;
    speech = null;
    return said === null || said.text.trim() === '' ? [] : [{ type: said.type, text: said.text }];
  };
  const speak = (type: 'message' | 'thought', update: unknown): readonly SessionEvent[] => {
    const before = speech !== null && (speech.type !== type || speech.text.length > longestWords) ? rest() : [];
    speech ??= { type, text: '' };
    speech.text += textAt(update, 'content', 'text');
    return before;
  };
  const read = (update: unknown): readonly SessionEvent[] => {
    switch (textAt(update, 'sessionUpdate')) {
      case 'agent_message_chunk':
        return speak('message', update);
      case 'agent_thought_chunk':
        return speak('thought', update);
      case 'tool_call':
        return [...rest(), ...calls.take(update, 'call')];
      case 'tool_call_update':
        return [...rest(), ...calls.take(update, 'update')];
      case 'plan':
        return [...rest(), planOf(update)];
      case 'usage_update':
        cost = textAt(update, 'cost', 'currency') === 'USD' ? numberAt(update, 'cost', 'amount') || null : cost;
        return [];
      default:
        return [];
    }
  };
  return {
    calls,
    read,
    rest,
    ended: (response) => [
      ...rest(),
      ...(countsSession ? usageOf(at(response, 'usage'), cost) : []),
      { type: 'turn.ended', said: textAt(response, 'stopReason') },
    ],
  };
}

function planOf(update: unknown): SessionEvent {
  const entries = listAt(update, 'entries').map((entry) => {
    const status = textAt(entry, 'status');
    const ours = status === 'completed' ? 'done' : status === 'in_progress' ? 'doing' : 'pending';
    return { text: textAt(entry, 'content'), status: ours } as const;
  });
  return { type: 'plan', entries };
}

/** Not a part of the stable protocol, and given by some all the same. */
function usageOf(usage: unknown, costUsd: number | null): readonly SessionEvent[] {
  if (usage === undefined || usage === null) return [];
  return [
    {
      type: 'usage',
      scope: 'session',
      input: countAt(usage, 'inputTokens'),
      cacheRead: countAt(usage, 'cachedReadTokens'),
      cacheWrite: countAt(usage, 'cachedWriteTokens'),
      output: countAt(usage, 'outputTokens'),
      reasoning: numberAt(usage, 'thoughtTokens'),
      costUsd,
    },
  ];
}
