import type { BlobRef, ModelUsage } from '../../../core/evidence/fact.ts';
import type { Blobs } from '../../../core/ports/blobs.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { SessionEvent } from '../../../core/station/session-event.ts';
import { boundedRecord } from './bounded-record.ts';
import { countTokens } from './count-tokens.ts';
import { journal } from './journal.ts';
import { watchLoop } from './watch-loop.ts';

export type AgentError = SessionEvent & { readonly type: 'error' };

/** What happened between the factory and one agent over one job. */
export interface Session {
  heard(chunk: Uint8Array): void;
  tell(event: SessionEvent): void;
  /** The last thing that went wrong; null where nothing did. */
  lastError(): AgentError | null;
  /** The same, where the agent did nothing after it. */
  lastWord(): AgentError | null;
  /** Tokens so far, with the model that was named; null where nothing was said of them. */
  usage(): ModelUsage | null;
  /** Stores what was recorded. */
  store(blobs: Pick<Blobs, 'put'>): Promise<readonly BlobRef[]>;
}

export interface SessionOptions {
  /** Who is driven, for the labels of the record. */
  readonly name: string;
  readonly clock: Pick<Clock, 'now'>;
  /** Told once where it is to be ended: it goes round in circles, or says more than anybody could want. */
  readonly enough: (why: AgentError) => void;
}

/** What is kept of the stream as it came, and of events, in bytes each. */
const keptBytes = 4 * 1024 * 1024;
/** One that writes more than this to its stdout is ended. */
const mostBytes = 512 * 1024 * 1024;

/** Opens the record of a job. However much is said, it takes no more than a few megabytes. */
export function openSession({ name, clock, enough }: SessionOptions): Session {
  const [raw, events, tokens, inLoop] = [boundedRecord(keptBytes), journal(keptBytes, clock), countTokens(), watchLoop()];
  let [lastError, lastWord, ending]: [AgentError | null, AgentError | null, boolean] = [null, null, false];
  let model: string | null = null;

  const tell = (event: SessionEvent): void => {
    events.add(event);
    if (event.type === 'usage') tokens.add(event);
    if (event.type === 'session.started') model = event.model ?? model;
    if (event.type === 'error') lastError = lastWord = event;
    // Whoever thinks and acts again has got over it.
    if (event.type === 'message' || event.type === 'thought' || event.type === 'tool.started') lastWord = null;
    if (inLoop(event)) end({ class: 'loop', message: 'The agent made the very same call again and again.' });
  };
  const end = (why: Pick<AgentError, 'class' | 'message'>): void => {
    if (ending) return;
    ending = true;
    const error: AgentError = { type: 'error', status: null, retryAfterMs: null, ...why };
    tell(error);
    enough(error);
  };
  return {
    heard: (chunk) => {
      raw.add(chunk);
      if (raw.bytes() > mostBytes) end({ class: 'protocol', message: `The agent wrote more than ${mostBytes} bytes.` });
    },
    tell,
    lastError: () => lastError,
    lastWord: () => lastWord,
    usage: () => {
      const sum = tokens.sum();
      return sum === null ? null : { model, ...sum };
    },
    store: async (blobs) => {
      const lines = events.lines({ tokens: tokens.sum(), streamBytes: raw.bytes() });
      const kept = [blobs.put(lines, { label: `${name}, events`, mediaType: 'application/jsonl' })];
      if (raw.bytes() > 0) kept.push(blobs.put(raw.content(), { label: `${name}, stream`, mediaType: 'text/plain' }));
      return Promise.all(kept);
    },
  };
}
