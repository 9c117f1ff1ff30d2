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
  listen(listens: boolean): void {
    this.#listens = listens;
    this.heard();
  }

  over(): void {
    clearTimeout(this.#timer);
  }
}

/**
 * Reads a stream piece by piece as long as `take` wants more: to its end, to silence, or to where no answer is so long. Where `take` has to
 * wait for its caller nothing is read meanwhile. A connection that breaks ends it like any other end; what was said tells whether it was
 * whole.
 */
export async function inTime(
  incoming: Incoming,
  { silenceMs, answerMs, answerBytes }: Deadlines,
  take: (chunk: Buffer) => boolean | Promise<boolean>,
): Promise<'over' | 'silent' | 'endless'> {
  const silence = new Silence(() => incoming.destroy(), silenceMs);
  const whole = new Silence(() => incoming.destroy(), answerMs);
  try {
    const isEndless = await read(incoming, { answerBytes, take, silence });
    return isEndless ? 'endless' : silence.isUp ? 'silent' : whole.isUp ? 'endless' : 'over';
  } finally {
    silence.over();
    whole.over();
  }
}

interface Reading {
  readonly answerBytes: number;
  readonly take: (chunk: Buffer) => boolean | Promise<boolean>;
  readonly silence: Silence;
}

/** By its events: to iterate over a stream takes longer than all that is done with a piece of it. Resolves with whether it was too long. */
function read(incoming: Incoming, { answerBytes, take, silence }: Reading): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let bytes = 0;
    let isWaiting = false;
    let isClosed = false;
    const stop = (isEndless: boolean): void => {
      incoming.off('data', onData);
      resolve(isEndless);
    };
    const wait = async (more: Promise<boolean>): Promise<void> => {
      isWaiting = true;
      incoming.pause();
      silence.listen(false);
      const wants = await more;
      silence.listen(true);
      isWaiting = false;
      if (!wants || isClosed) return stop(false);
      incoming.resume();
    };
    const onData = (chunk: Buffer): void => {
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
    const closed = (): void => {
      isClosed = true;
      if (!isWaiting) stop(false);
    };
    if (incoming.destroyed) return stop(false);
    incoming.on('data', onData);
    incoming.once('end', closed);
    incoming.once('error', closed);
    incoming.once('close', closed);
  });
}
