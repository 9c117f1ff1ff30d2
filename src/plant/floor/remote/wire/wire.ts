import type { Readable, Writable } from 'node:stream';
import { drained } from '../../spawn/drained.ts';
import type { Talking } from '../../spawn/start-talking.ts';

/** A stream of bytes to a program on the other side, and back. */
export interface Wire {
  /** What the other side says; ends with the wire. */
  readonly output: AsyncIterable<Uint8Array>;
  /** Gives it bytes; waits while it does not take them. Bytes for a wire that ended are dropped. */
  write(chunk: Uint8Array): Promise<void>;
  /** Ends what is said to it; it is expected to end by itself then. */
  end(): void;
  /** Breaks the wire off at once, with what carries it. */
  drop(): void;
}

/** A wire over two streams; `drop` ends what is behind them. */
export function wireOn(streams: { readonly input: Readable; readonly output: Writable }, drop: () => void): Wire {
  const { input, output } = streams;
  // A stream that broke has ended: whoever reads the wire sees that.
  output.on('error', () => undefined);
  return {
    output: heardOn(input),
    async write(chunk) {
      if (output.destroyed || output.writableEnded) return;
      if (!output.write(chunk)) await drained(output);
    },
    end: () => void output.end(),
    drop,
  };
}

/** The wire to a program that was started to be talked to. */
export function wireTo({ stdin, stdout, drop }: Pick<Talking, 'stdin' | 'stdout' | 'drop'>): Wire {
  return wireOn({ input: stdout, output: stdin }, drop);
}

async function* heardOn(input: Readable): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of input) yield chunk as Buffer;
  } catch {
    // Broken or ended comes to the same.
  }
}
