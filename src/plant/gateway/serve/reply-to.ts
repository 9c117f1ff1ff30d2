import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** Whoever waits for an answer. */
export interface ReplyTo {
  /** Aborted when he is gone before his answer was whole. Made when it is asked for, because making it takes its time. */
  readonly left: AbortSignal;
  isGone(): boolean;
  /** Calls back when he is gone; what it returns takes that back. */
  onGone(act: () => void): () => void;
  /** Status and headers of what was begun; null before. */
  begun(): Begun | null;
  /** What went to him so far, up to a limit, and how many bytes more. */
  heard(): { readonly chunks: readonly { readonly ms: number; readonly bytes: Uint8Array }[]; readonly bytesDropped: number };
  /** Begins to answer; of an answer in one piece the length is known. */
  head(status: number, headers: Readonly<Record<string, string>>): void;
  /** Writes, and waits where he reads more slowly than we write. */
  write(out: Buffer | string): Promise<void>;
  end(out?: Buffer | string): void;
}

interface Begun {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Whoever reads nothing for so long has left, whatever his connection says. */
const patienceMs = 5 * 60_000;

/** Answers one request; `keep` is how many bytes of it are held for the record, `now` a clock that never goes back. */
export function replyTo(response: ServerResponse, { keep, now }: { readonly keep: number; readonly now: () => number }): ReplyTo {
  let leaving: AbortController | null = null;
  let isGone = false;
  const acts = new Set<() => void>();
  const startedAt = now();
  const chunks: { ms: number; bytes: Uint8Array }[] = [];
  let kept = 0;
  let bytesDropped = 0;
  let begun: Begun | null = null;
  response.on('close', () => {
    if (response.writableFinished) return;
    isGone = true;
    leaving?.abort();
    for (const act of acts) act();
  });
  // Told by `close` as well.
  response.on('error', () => undefined);
  const hear = (out: Buffer | string): Buffer => {
    const bytes = typeof out === 'string' ? Buffer.from(out) : out;
    if (kept + bytes.length <= keep) {
      chunks.push({ ms: now() - startedAt, bytes });
      kept += bytes.length;
    } else bytesDropped += bytes.length;
    return bytes;
  };
  const left = (): AbortSignal => {
    leaving ??= new AbortController();
    if (isGone) leaving.abort();
    return leaving.signal;
  };
  return {
    get left() {
      return left();
    },
    isGone: () => isGone,
    onGone(act) {
      acts.add(act);
      return () => void acts.delete(act);
    },
    begun: () => begun,
    heard: () => ({ chunks, bytesDropped }),
    head(status, headers) {
      begun = { status, headers };
      response.writeHead(status, headers);
    },
    async write(out) {
      if (out.length === 0 || isGone) return;
      if (response.write(hear(out))) return;
      const timer = setTimeout(() => response.destroy(), patienceMs);
      await once(response, 'drain', { signal: left() }).catch(() => undefined); // gone, which `left` tells
      clearTimeout(timer);
    },
    end(out) {
      if (out === undefined || out.length === 0) response.end();
      else response.end(hear(out));
    },
  };
}
