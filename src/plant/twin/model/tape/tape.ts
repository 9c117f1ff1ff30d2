import { appendFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { JidokaError } from '../../../../core/base/error.ts';

const Usage = z.strictObject({
  input: z.number(),
  cacheRead: z.number(),
  cacheWrite: z.number(),
  output: z.number(),
  reasoning: z.number(),
});

/** One request to a twin and what was answered: a line of the tape. */
export const TapeEntry = z.looseObject({
  v: z.literal(1),
  /** In the order in which the requests came, from 1. */
  seq: z.number().int(),
  /** When it came, milliseconds since 1970. */
  at: z.number(),
  /** From the request to the end of the answer, in milliseconds. */
  ms: z.number(),
  method: z.string(),
  /** Path and query; a key in the query is hidden. */
  path: z.string(),
  /** Values of headers with secrets are replaced by a note of how long they were. */
  headers: z.record(z.string(), z.string()),
  /** Tells keys apart without showing them: the beginning of a digest; null where no key was sent. */
  token: z.string().nullable(),
  body: z.json(),
  protocol: z.string().nullable(),
  model: z.string().nullable(),
  stream: z.boolean(),
  /** `main` is the agent's work; side calls are named for what they ask; `count`, `models` and `unknown` are no calls of a model. */
  kind: z.string(),
  /** Names the conversation; null for none. */
  conversation: z.string().nullable(),
  script: z.string().nullable(),
  /** Step of the script, from 0. */
  step: z.number().int().nullable(),
  /** What went wrong on purpose. */
  fault: z.string().nullable(),
  /** What could not be done as the script says. */
  note: z.string().nullable(),
  answer: z.strictObject({
    /** 0 where nothing was answered. */
    status: z.number().int(),
    headers: z.record(z.string(), z.string()),
    /** As it went over the wire. */
    body: z.string(),
    /** `complete`, `dropped`, `held` for one that never ends, or `left` where the other side went away first. */
    ended: z.enum(['complete', 'dropped', 'held', 'left']),
  }),
  /** Tokens as the answer told of them; null where it did not. */
  usage: Usage.nullable(),
});
export type TapeEntry = z.infer<typeof TapeEntry>;

/** Where entries go. */
export interface Tape {
  write(entry: TapeEntry): Promise<void>;
}

/** A tape that is kept in memory, for tests. */
export interface MemoryTape extends Tape {
  entries(): readonly TapeEntry[];
  /** Resolves with the first entry for which the question is answered with yes. */
  seen(isIt: (entry: TapeEntry) => boolean): Promise<TapeEntry>;
}

export function memoryTape(): MemoryTape {
  const entries: TapeEntry[] = [];
  const waiting = new Set<(entry: TapeEntry) => void>();
  return {
    async write(entry) {
      entries.push(entry);
      for (const look of waiting) look(entry);
    },
    entries: () => [...entries],
    async seen(isIt) {
      const found = entries.find(isIt);
      if (found !== undefined) return found;
      return new Promise((resolve) => {
        const look = (entry: TapeEntry): void => {
          if (!isIt(entry)) return;
          waiting.delete(look);
          resolve(entry);
        };
        waiting.add(look);
      });
    },
  };
}

/** A tape in a file, one line of JSON for each entry. What the file held before is gone. Throws `usage` where it cannot be written. */
export async function fileTape(path: string): Promise<Tape> {
  await writeFile(path, '').catch((error: unknown) => {
    throw new JidokaError('usage', `The tape ${path} cannot be written.`, {
      mend: 'Name a file in a folder that exists and is yours.',
      cause: error,
    });
  });
  let last = Promise.resolve();
  return {
    write(entry) {
      last = last.then(() => appendFile(path, `${JSON.stringify(entry)}\n`));
      return last;
    },
  };
}

/** Reads a tape. `source` names it in errors. Throws `scenario-invalid` with the line that is none of a tape. */
export function readTape(text: string, source: string): readonly TapeEntry[] {
  const lines = text.split('\n').flatMap((line, at) => (line.trim() === '' ? [] : [{ line, at: at + 1 }]));
  if (lines.length === 0) throw invalid(`${source} holds no entry.`, undefined);
  return lines.map(({ line, at }) => {
    const parsed = TapeEntry.safeParse(parsedLine(line, `${source}:${at}`));
    if (!parsed.success) throw invalid(`${source}:${at} is no entry of a tape: ${z.prettifyError(parsed.error)}`, parsed.error);
    return parsed.data;
  });
}

function parsedLine(line: string, place: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw invalid(`${place} is no JSON.`, error);
  }
}

function invalid(message: string, cause: unknown): JidokaError {
  return new JidokaError('scenario-invalid', message, { mend: 'Give a file that `jidoka twin model --tape` wrote.', cause });
}
