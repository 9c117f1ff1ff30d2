import { answeredSession, type Session, type SessionAnswer } from '../../../core/gateway/prefix/session.ts';

/** The sessions that this process has seen lately. They end with it: the next process begins by the order of plans. */
export interface SessionTable {
  /** Null for one that is new, or was not seen for too long. */
  find(id: string): Session | null;
  /** Pins a session where it was answered; whether its cache was expected there and is gone. */
  answered(id: string, answer: SessionAnswer): { readonly isLost: boolean };
  readonly size: () => number;
}

/** Some ten megabytes. */
const usualMost = 20_000;
/** Longer than any provider keeps a prompt. */
const keptMs = 2 * 60 * 60_000;

interface Entry {
  readonly session: Session;
  readonly seenAt: number;
}

/** `now` is a clock that never goes back. Of too many sessions, and of old ones, those that were seen longest ago are forgotten. */
export function sessionTable(now: () => number, most = usualMost): SessionTable {
  // In the order in which they were seen last.
  const entries = new Map<string, Entry>();
  const forget = (): void => {
    for (const [id, { seenAt }] of entries) {
      if (entries.size <= most && now() - seenAt < keptMs) return;
      entries.delete(id);
    }
  };
  const find = (id: string): Session | null => {
    const entry = entries.get(id);
    return entry === undefined || now() - entry.seenAt >= keptMs ? null : entry.session;
  };
  return {
    find,
    answered(id, answer) {
      const { session, isLost } = answeredSession(find(id), answer);
      entries.delete(id);
      entries.set(id, { session, seenAt: now() });
      forget();
      return { isLost };
    },
    size: () => entries.size,
  };
}
