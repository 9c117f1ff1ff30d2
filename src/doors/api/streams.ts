/** The bodies that are still being sent. */
export interface Streams {
  /**
   * Makes a body of text that comes bit by bit. A bit is made when the socket has room for it. Before each bit
   * `isWelcome` is asked; it ends as well when the client goes away or all are stopped. What goes wrong is told to
   * `failed` and ends it: the client comes back for the rest.
   */
  open(text: (signal: AbortSignal) => AsyncGenerator<string>, isWelcome: () => Promise<boolean>): ReadableStream<Uint8Array>;
  /** Ends them all. */
  stop(): void;
}

export function streams(failed: (error: unknown) => void): Streams {
  const open = new Set<AbortController>();
  return {
    open(text, isWelcome) {
      const end = new AbortController();
      const bits = guarded(text(end.signal), isWelcome, failed);
      const encoder = new TextEncoder();
      const close = (): void => {
        open.delete(end);
        end.abort();
      };
      return new ReadableStream<Uint8Array>(
        {
          async pull(controller) {
            // Only from here on: nobody reads the body that answers a HEAD.
            if (!end.signal.aborted) open.add(end);
            const { done, value } = await bits.next();
            if (done !== true) return controller.enqueue(encoder.encode(value));
            close();
            controller.close();
          },
          cancel() {
            close();
            void bits.return(undefined);
          },
        },
        { highWaterMark: 0 },
      );
    },
    stop() {
      for (const end of open) end.abort();
    },
  };
}

async function* guarded(
  text: AsyncGenerator<string>,
  isWelcome: () => Promise<boolean>,
  failed: (error: unknown) => void,
): AsyncGenerator<string, undefined> {
  try {
    for await (const bit of text) {
      if (!(await isWelcome())) return;
      yield bit;
    }
  } catch (error) {
    failed(error);
  }
}
