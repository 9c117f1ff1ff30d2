import type { Incoming } from '../upstream/send.ts';
import type { Deadlines } from './deadlines.ts';

/** Calls back once when nothing was heard for a time, in which somebody listened. */
export class Silence {
  isUp = false;
  #listens = true;
  readonly #timer: NodeJS.Timeout;

  constructor(tooLong: () => void, ms: number) {
    this.#timer = setTimeout(() => {
      if (!this.#listens) return void this.#timer.refresh();
      this.isUp = true;
      tooLong();
    }, ms);
  }

  heard(): void {
    this.#timer.refresh();
  }

  /** While nobody listens silence says nothing: the caller reads more slowly than the upstream writes. */
  async deaf<T>(work: () => Promise<T>): Promise<T> {
    this.#listens = false;
    try {
      return await work();
    } finally {
      this.#listens = true;
      this.heard();
    }
  }

  over(): void {
    clearTimeout(this.#timer);
  }
}

/**
 * Reads a stream piece by piece as long as `take` wants more: to its end, to silence, or to where no answer is so long. A connection
 * that breaks ends it like any other end; what was said tells whether it was whole.
 */
export async function inTime(
  incoming: Incoming,
  { silenceMs, answerMs, answerBytes }: Deadlines,
  take: (chunk: Buffer) => Promise<boolean>,
): Promise<'over' | 'silent' | 'endless'> {
  const silence = new Silence(() => incoming.destroy(), silenceMs);
  const whole = new Silence(() => incoming.destroy(), answerMs);
  let bytes = 0;
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > answerBytes) return 'endless';
      if (!(await silence.deaf(() => take(chunk)))) return 'over';
    }
  } catch {
    // Broken, by the other side or by a deadline.
  } finally {
    silence.over();
    whole.over();
  }
  return silence.isUp ? 'silent' : whole.isUp ? 'endless' : 'over';
}
