import type { Clock } from '../../../core/ports/clock.ts';
import type { SessionEvent, TokenUsage } from '../../../core/station/session-event.ts';

/** Events as lines of JSON, the first and the last of them where there are too many. */
export interface Journal {
  add(event: SessionEvent): void;
  /** All that is kept, and as the last line the counts of all there were. */
  lines(sums: Sums): string;
}

export interface Sums {
  readonly tokens: Omit<TokenUsage, 'scope'> | null;
  /** What the agent wrote to its stdout. */
  readonly streamBytes: number;
}

const longestText = 8_000;
const longestEvent = 64_000;

/** Keeps about `limit` characters, half of them from the beginning; every line is whole. */
export function journal(limit: number, clock: Pick<Clock, 'now'>): Journal {
  const head: string[] = [];
  const tail: string[] = [];
  const counts = new Map<SessionEvent['type'], number>();
  let [seq, headLength, tailLength, dropped] = [0, 0, 0, 0];
  return {
    add: (event) => {
      seq += 1;
      counts.set(event.type, (counts.get(event.type) ?? 0) + 1);
      const line = lineOf(event, seq, clock.now());
      if (dropped === 0 && tail.length === 0 && headLength + line.length <= limit / 2) {
        headLength += line.length;
        return void head.push(line);
      }
      tail.push(line);
      tailLength += line.length;
      while (tailLength > limit / 2 && tail.length > 1) {
        tailLength -= tail.shift()?.length ?? 0;
        dropped += 1;
      }
    },
    lines: (sums) => {
      const gap = dropped === 0 ? [] : [JSON.stringify({ type: 'cut', events: dropped })];
      const end = JSON.stringify({ type: 'sums', ...sums, counts: Object.fromEntries(counts) });
      return `${[...head, ...gap, ...tail, end].join('\n')}\n`;
    },
  };
}

function lineOf(event: SessionEvent, seq: number, at: string): string {
  const line = JSON.stringify({ seq, at, ...event }, cutTexts);
  return line.length <= longestEvent ? line : JSON.stringify({ seq, at, type: event.type, cut: line.length });
}

function cutTexts(_name: string, value: unknown): unknown {
  if (typeof value !== 'string' || value.length <= longestText) return value;
  return `${value.slice(0, longestText)}[... ${value.length - longestText} characters cut]`;
}
