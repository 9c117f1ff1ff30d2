import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

interface Begun {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Whoever reads nothing for so long has left, whatever his connection says. */
const patienceMs = 5 * 60_000;

/** Whoever waits for an answer; `keep` is how many bytes of it are held for the record, `now` a clock that never goes back. */
export class Reply {
  readonly #response: ServerResponse;
  readonly #keep: number;
  readonly #now: () => number;
  readonly #startedAt: number;
  readonly #acts = new Set<() => void>();
  readonly #chunks: { ms: number; bytes: Uint8Array }[] = [];
  #leaving: AbortController | null = null;
  #isGone = false;
  #kept = 0;
  #bytesDropped = 0;
  #begun: Begun | null = null;

  constructor(response: ServerResponse, { keep, now }: { readonly keep: number; readonly now: () => number }) {
    this.#response = response;
    this.#keep = keep;
    this.#now = now;
    this.#startedAt = now();
    response.on('close', () => this.#closed());
    // Told by `close` as well.
    response.on('error', () => undefined);
  }

  /** Aborted when he is gone before his answer was whole. Made when it is asked for, because making it takes its time. */
  get left(): AbortSignal {
    this.#leaving ??= new AbortController();
    if (this.#isGone) this.#leaving.abort();
    return this.#leaving.signal;
  }

  isGone(): boolean {
    return this.#isGone;
  }

  /** Calls back when he is gone; what it returns takes that back. */
  onGone(act: () => void): () => void {
    this.#acts.add(act);
    return () => void this.#acts.delete(act);
  }

  /** Status and headers of what was begun; null before. */
  begun(): Begun | null {
    return this.#begun;
  }

  /** What went to him so far, up to a limit, and how many bytes more. */
  heard(): { readonly chunks: readonly { readonly ms: number; readonly bytes: Uint8Array }[]; readonly bytesDropped: number } {
    return { chunks: this.#chunks, bytesDropped: this.#bytesDropped };
  }

  /** Begins to answer; of an answer in one piece the length is known. */
  head(status: number, headers: Readonly<Record<string, string>>): void {
    this.#begun = { status, headers };
    this.#response.writeHead(status, headers);
  }

  /** Writes; null where he took it, and what to wait for where he reads more slowly than we write. */
  write(out: Buffer | string): Promise<void> | null {
    if (out.length === 0 || this.#isGone || this.#response.write(this.#hear(out))) return null;
    return this.#drained();
  }

  end(out?: Buffer | string): void {
    if (out === undefined || out.length === 0) this.#response.end();
    else this.#response.end(this.#hear(out));
  }

  async #drained(): Promise<void> {
    const response = this.#response;
    const timer = setTimeout(() => response.destroy(), patienceMs);
    await once(response, 'drain', { signal: this.left }).catch(() => undefined); // gone, which `left` tells
    clearTimeout(timer);
  }

  #hear(out: Buffer | string): Buffer {
    const bytes = typeof out === 'string' ? Buffer.from(out) : out;
    if (this.#kept + bytes.length <= this.#keep) {
      this.#chunks.push({ ms: this.#now() - this.#startedAt, bytes });
      this.#kept += bytes.length;
    } else this.#bytesDropped += bytes.length;
    return bytes;
  }

  #closed(): void {
    if (this.#response.writableFinished) return;
    this.#isGone = true;
    this.#leaving?.abort();
    for (const act of this.#acts) act();
  }
}
