import { JidokaError } from '../../core/base/error.ts';

/** A place in the feed: events are ordered by these three, the first one first. Numbers of 64 bits come as text. */
export interface Place {
  readonly epoch: number;
  readonly xid: string;
  readonly seq: string;
}

/** The place before the first event. */
export const beginning: Place = { epoch: 0, xid: '0', seq: '0' };

/** The text that a client keeps: '0.7421.118'. */
export function cursorOf({ epoch, xid, seq }: Place): string {
  return `${epoch}.${xid}.${seq}`;
}

/** Reads a cursor. Throws `usage` for a text that is none. */
export function parseCursor(text: string): Place {
  const [, epoch = '', xid = '', seq = ''] = /^(\d{1,9})\.(\d{1,19})\.(\d{1,18})$/.exec(text) ?? [];
  if (seq === '') throw noCursor(text, 'it does not look like 0.7421.118');
  return { epoch: Number(epoch), xid, seq };
}

/** Negative where `left` is before `right`, positive where it is behind. */
export function comparePlaces(left: Place, right: Place): number {
  return left.epoch - right.epoch || compareNumbers(left.xid, right.xid) || compareNumbers(left.seq, right.seq);
}

/** The fault of a text that names no place of this feed. */
export function noCursor(text: string, why: string): JidokaError {
  return new JidokaError('usage', `${JSON.stringify(text.slice(0, 80))} is no cursor of this feed: ${why}.`, {
    mend: 'Give the cursor that came with an event of this factory, or none to begin at the first event.',
  });
}

function compareNumbers(left: string, right: string): number {
  const [a, b] = [BigInt(left), BigInt(right)];
  return a < b ? -1 : Number(a > b);
}
