/** Nothing longer than this, in characters, is an answer of a model, or an event of one. */
export const longestAnswer = 64 * 2 ** 20;

/** One event, or lines that belong to none: some servers end a stream with an error in bare JSON. */
export interface StreamPiece {
  readonly kind: 'event' | 'stray';
  readonly text: string;
}

/** Cuts bytes into the data of server-sent events. */
export interface EventReader {
  /** The pieces that these bytes complete; null when one is longer than any answer. */
  take(bytes: Uint8Array): readonly StreamPiece[] | null;
  /** What was begun and never ended. */
  rest(): StreamPiece;
}

/** Reads a stream of server-sent events, wherever its bytes are cut. Names, ids and comments are of no use here. */
export function eventReader(): EventReader {
  const decoder = new TextDecoder();
  // Half of a line, and whole lines of a piece that is not yet whole; with each the length of all that is kept of it.
  let begun: string[] = [];
  let begunLength = 0;
  let kind: StreamPiece['kind'] = 'event';
  let piece: string[] = [];
  let pieceLength = 0;
  const flushed = (next: StreamPiece['kind']): StreamPiece | null => {
    const whole = piece.length === 0 ? null : { kind, text: piece.join('\n') };
    [kind, piece, pieceLength] = [next, [], 0];
    return whole;
  };
  const takeLine = (line: string): StreamPiece | null => {
    if (line === '') return flushed('event');
    const isData = line.startsWith('data:');
    if (!isData && /^(?::|event:|id:|retry:)/.test(line)) return null;
    const own = isData ? 'event' : 'stray';
    const before = kind === own ? null : flushed(own);
    piece.push(isData ? line.slice(line.startsWith('data: ') ? 6 : 5) : line);
    pieceLength += line.length;
    return before;
  };
  return {
    take(bytes) {
      const text = decoder.decode(bytes, { stream: true });
      begun.push(text);
      begunLength += text.length;
      if (begunLength + pieceLength > longestAnswer) return null;
      if (!/[\r\n]/.test(text)) return [];
      const all = begun.join('');
      // A return at the very end may be the first half of an end of line.
      const halfEnd = all.endsWith('\r') ? '\r' : '';
      const lines = all.slice(0, all.length - halfEnd.length).split(/\r\n|\n|\r/);
      const half = `${lines.pop() ?? ''}${halfEnd}`;
      [begun, begunLength] = [[half], half.length];
      return lines.map(takeLine).filter((found) => found !== null);
    },
    rest: () => ({ kind, text: [...piece, ...begun].join('\n').trim() }),
  };
}
