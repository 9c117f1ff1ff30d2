/** Longer events than this, in characters, are no answer of a model. */
const longestEvent = 64 * 2 ** 20;

/** Cuts bytes into the data of server-sent events. */
export interface EventReader {
  /** The data of the events that these bytes complete; null when an event is longer than any answer. */
  take(bytes: Uint8Array): readonly string[] | null;
  /** What was begun and never ended. */
  rest(): string;
}

/** Reads a stream of server-sent events, wherever its bytes are cut. Names, ids and comments are of no use here. */
export function eventReader(): EventReader {
  const decoder = new TextDecoder();
  let begun: string[] = [];
  let length = 0;
  let data: string[] = [];
  const takeLine = (line: string): string | null => {
    if (line.startsWith('data:')) data.push(line.slice(line.startsWith('data: ') ? 6 : 5));
    if (line !== '') return null;
    const whole = data.join('\n');
    data = [];
    return whole === '' ? null : whole;
  };
  return {
    take(bytes) {
      const text = decoder.decode(bytes, { stream: true });
      begun.push(text);
      length += text.length;
      if (length > longestEvent) return null;
      // A return at the very end may be the first half of an end of line.
      if (!/[\r\n]/.test(text)) return [];
      const all = begun.join('');
      const halfEnd = all.endsWith('\r') ? '\r' : '';
      const lines = all.slice(0, all.length - halfEnd.length).split(/\r\n|\n|\r/);
      begun = [`${lines.pop() ?? ''}${halfEnd}`];
      const events = lines.map(takeLine).filter((event) => event !== null);
      length = begun.reduce((sum, part) => sum + part.length, 0) + data.reduce((sum, part) => sum + part.length, 0);
      return events;
    },
    rest: () => [...data, ...begun].filter((text) => text !== '').join('\n'),
  };
}
