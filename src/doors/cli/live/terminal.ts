/** What a program of elsewhere is spoken with: this process's own input and output, byte by byte. */
export interface Terminal {
  /** Its size where input and output are a terminal; null elsewhere. */
  size(): TerminalSize | null;
  /**
   * Hands over what comes in until the returned function is called. Raw, every key is handed over as it is and nothing is
   * echoed; the terminal is given back as it was, also where the process ends before.
   */
  read(reader: Reader, options: { readonly raw: boolean }): () => void;
  /** Resolves when it was taken. */
  write(chunk: Uint8Array): Promise<void>;
}

export interface TerminalSize {
  readonly rows: number;
  readonly columns: number;
}

export interface Reader {
  /** More comes when it has resolved. */
  data(chunk: Uint8Array): Promise<void>;
  end(): void;
}

/** The terminal of a real process. Its input is opened by the first who asks: most commands read none. */
export function processTerminal({ stdout, input }: { readonly stdout: NodeJS.WriteStream; input(): NodeJS.ReadStream }): Terminal {
  const isTerminal = (): boolean => input().isTTY === true && stdout.isTTY === true;
  return {
    size: () => (isTerminal() ? { rows: stdout.rows, columns: stdout.columns } : null),
    read: (reader, { raw }) => reading(input(), reader, raw && isTerminal()),
    // A reader that has gone away is no error; the stream's own listener knows of it.
    write: (chunk) => new Promise((resolve) => stdout.write(chunk, () => resolve())),
  };
}

function reading(stdin: NodeJS.ReadStream, reader: Reader, raw: boolean): () => void {
  const restore = (): void => void (raw && stdin.setRawMode(false));
  let taken = Promise.resolve();
  const take = (chunk: Uint8Array): void => {
    stdin.pause();
    const more = (): void => void (stdin.listeners('data').includes(take) && stdin.resume());
    taken = reader.data(chunk).then(more, more);
  };
  // The end may be known before what came last is taken.
  const end = (): void => void taken.then(() => reader.end());
  if (raw) stdin.setRawMode(true);
  process.on('exit', restore);
  // One that was read before stands still until it is told to go on.
  stdin.on('data', take).on('end', end).on('error', end).resume();
  return () => {
    stdin.off('data', take).off('end', end).off('error', end).pause();
    process.off('exit', restore);
    restore();
  };
}
