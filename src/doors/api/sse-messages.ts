/** One message of a text/event-stream. */
export interface SseMessage {
  /** Where the stream is behind this message; null where it does not say. */
  readonly id: string | null;
  /** '' for a message that only moves on. */
  readonly data: string;
}

/** Reads whole messages from pieces of text; one that was cut off is dropped, as the standard has it. */
export async function* sseMessages(pieces: AsyncIterable<string>): AsyncGenerator<SseMessage> {
  let rest = '';
  for await (const piece of pieces) {
    rest += piece;
    // A carriage return at the very end may be half of a line end.
    const whole = rest.endsWith('\r') ? rest.slice(0, -1) : rest;
    const blocks = whole.replaceAll(/\r\n?/g, '\n').split('\n\n');
    rest = (blocks.pop() ?? '') + rest.slice(whole.length);
    for (const block of blocks) {
      const found = parse(block);
      if (found.id !== null || found.data !== '') yield found;
    }
  }
}

function parse(block: string): SseMessage {
  let id: string | null = null;
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const [, name, value = ''] = /^([^:]+)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (name === 'id') id = value;
    if (name === 'data') data.push(value);
  }
  return { id, data: data.join('\n') };
}
