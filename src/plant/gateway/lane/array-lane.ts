import { eventReader } from '../translate/answer/server-sent-events.ts';
import type { Lane, LanePart } from './lane.ts';

/**
 * Writes the events of a stream as the elements of one JSON array, as Gemini does for whoever does not ask for events. An error is an
 * element too, and whatever ends the stream ends the array.
 */
export function arrayLane(lane: Lane): Lane {
  const reader = eventReader();
  let count = 0;
  let closed = false;
  const elements = (out: Buffer | string, isLast: boolean): string => {
    const pieces = reader.take(typeof out === 'string' ? Buffer.from(out) : out) ?? [];
    const rest = isLast ? [reader.rest()] : [];
    const texts = [...pieces, ...rest].map(({ text }) => text.trim()).filter((text) => text !== '');
    const written = texts.map((text) => `${count++ === 0 ? '[' : ',\n'}${text}`).join('');
    if (!isLast || closed) return written;
    closed = true;
    return `${written}${count === 0 ? '[' : ''}]`;
  };
  const framed = ({ piece, out }: LanePart, isLast: boolean): LanePart => ({ piece, out: elements(out, isLast || piece === 'error') });
  return {
    ...lane,
    type: 'application/json; charset=utf-8',
    take: (bytes) => framed(lane.take(bytes), false),
    end: () => framed(lane.end(), true),
    breakOff: (fault) => elements(lane.breakOff(fault), true),
  };
}
