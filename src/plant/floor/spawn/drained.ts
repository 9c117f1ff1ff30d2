import type { Writable } from 'node:stream';

/** Waits until a stream takes more, or takes nothing any more. */
export function drained(stream: Writable): Promise<void> {
  if (stream.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    // Both are taken off again: a stream that is waited for often would gather them.
    const done = (): void => {
      stream.off('drain', done).off('close', done);
      resolve();
    };
    stream.on('drain', done).on('close', done);
  });
}
