import type { Incoming } from '../upstream/incoming.ts';
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
  listen(listens: boolean): void {
    this.#listens = listens;
    this.heard();
  }

  over(): void {
    clearTimeout(this.#timer);
  }
}

/** Who reads a stream. */
interface Reader {
  /** Whether it wants more. */
  take(chunk: Buffer): boolean | Promise<boolean>;
  /** Whether the stream said that it is whole: for its end nobody waits long then. */
  isWhole(): boolean;
}

/**
 * Reads a stream piece by piece as long as `take` wants more: to its end, to silence, or to where no answer is so long. Where `take` has to
 * wait for its caller nothing is read meanwhile. A connection that breaks ends it like any other end, and so does one that stays open
 * when all was said; what was said tells whether it was whole.
 */
export async function inTime(
  incoming: Incoming,
  { silenceMs, closeMs, answerMs, answerBytes }: Deadlines,
  reader: Reader,
): Promise<'over' | 'silent' | 'endless'> {
  let closing: NodeJS.Timeout | null = null;
  const take = (chunk: Buffer): boolean | Promise<boolean> => {
    const more = reader.take(chunk);
    if (closing === null && reader.isWhole()) closing = setTimeout(() => incoming.destroy(), closeMs);
    return more;
  };
  const silence = new Silence(() => incoming.destroy(), silenceMs);
  const whole = new Silence(() => incoming.destroy(), answerMs);
  try {
    const isEndless = await read(incoming, { answerBytes, take, silence });
    if (closing !== null) return 'over';
    return isEndless ? 'endless' : silence.isUp ? 'silent' : whole.isUp ? 'endless' : 'over';
  } finally {
    silence.over();
    whole.over();
    clearTimeout(closing ?? undefined);
  }
}

interface Reading {
  readonly answerBytes: number;
  readonly take: (chunk: Buffer) => boolean | Promise<boolean>;
  readonly silence: Silence;
}

/** Resolves with whether it was too long. */
function read(incoming: Incoming, { answerBytes, take, silence }: Reading): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let bytes = 0;
    let isWaiting = false;
    let isOver = false;
    let isDone = false;
    const stop = (isEndless: boolean): void => {
      isDone = true;
      resolve(isEndless);
    };
    const wait = async (more: Promise<boolean>): Promise<void> => {
      isWaiting = true;
      incoming.pause();
      silence.listen(false);
      const wants = await more;
      silence.listen(true);
      isWaiting = false;
      if (!wants || isOver) return stop(false);
      incoming.resume();
    };
    const piece = (chunk: Buffer): void => {
      if (isDone) return;
      bytes += chunk.length;
      if (bytes > answerBytes) return stop(true);
      silence.heard();
      try {
        const more = take(chunk);
        if (more === false) stop(false);
        else if (more !== true) wait(more).catch(reject);
      } catch (error) {
        reject(error as Error); // only errors are thrown here
      }
    };
    const over = (): void => {
      isOver = true;
      if (!isWaiting) stop(false);
    };
    incoming.listen({ piece, over });
  });
}
