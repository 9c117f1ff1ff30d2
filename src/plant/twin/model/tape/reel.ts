import { createHash } from 'node:crypto';
import type { ModelCall } from '../call.ts';
import type { TapeEntry } from './tape.ts';

/** The entries of a tape that nobody was given yet. A place is a conversation of the tape, from 0; each entry is given once. */
export interface Reel {
  /** The first that was asked with this very request, whatever model it names; one of the conversation at `place` comes before others. */
  same(call: ModelCall, body: unknown, place: number | undefined): TapeEntry | undefined;
  /** The first of the conversation at `place` that is of this kind. */
  next(call: ModelCall, place: number, kind: string): TapeEntry | undefined;
  placeOf(entry: TapeEntry): number;
}

export function openReel(tape: readonly TapeEntry[]): Reel {
  const left = new Set(tape.filter(({ protocol, answer }) => protocol !== null && answer.ended !== 'left'));
  const requests = new Map([...left].map((entry) => [entry, requestOf(entry.body)]));
  const names = [...new Set([...left].filter(({ kind }) => kind === 'main').map(({ conversation }) => conversation))];

  const take = (isIt: (entry: TapeEntry) => boolean): TapeEntry | undefined => {
    for (const entry of left) {
      if (!isIt(entry)) continue;
      left.delete(entry);
      return entry;
    }
    return undefined;
  };
  const isAt = (place: number, { conversation }: TapeEntry): boolean => place < names.length && conversation === names[place];
  return {
    same(call, body, place) {
      const request = requestOf(body);
      const isSame = (entry: TapeEntry): boolean => requests.get(entry) === request && isLike(entry, call);
      return (place === undefined ? undefined : take((entry) => isAt(place, entry) && isSame(entry))) ?? take(isSame);
    },
    next: (call, place, kind) => take((entry) => isAt(place, entry) && entry.kind === kind && isLike(entry, call)),
    placeOf: ({ conversation }) => names.indexOf(conversation),
  };
}

function isLike({ protocol, stream }: TapeEntry, call: ModelCall): boolean {
  return protocol === call.protocol && stream === call.stream;
}

/** What tells requests apart: another run may ask by another name of the model. */
function requestOf(body: unknown): string {
  const asked = typeof body === 'object' && body !== null ? { ...body, model: null } : body;
  return createHash('sha256').update(JSON.stringify(asked)).digest('hex');
}
