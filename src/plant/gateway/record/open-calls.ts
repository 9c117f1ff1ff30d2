/** So long a call is open before it is noted, and before it is noted anew. */
const lastsMs = 1_000;
const againMs = 5_000;

/** A call under way. */
export interface OpenCall {
  readonly place: number;
  readonly note: () => void;
  dueAt: number;
  isNoted: boolean;
}

/**
 * Calls under way, noted once they last: what a gateway that is killed had open is on record, as far as it was seen. They have places that
 * are taken again: of a map which is filled and emptied with every call V8 keeps former tables, with all that was in them, until it
 * collects all of its memory.
 */
export class OpenCalls {
  readonly #places: (OpenCall | null)[] = [];
  readonly #free: number[] = [];

  /** `now` is that of a clock which never goes back, in milliseconds. */
  begin(now: number, note: () => void): OpenCall {
    const place = this.#free.pop() ?? this.#places.length;
    return (this.#places[place] = { place, note, dueAt: now + lastsMs, isNoted: false });
  }

  /** Notes those that are due. */
  look(now: number): void {
    for (const call of this.#places) {
      if (call === null || call.dueAt > now) continue;
      call.note();
      call.isNoted = true;
      call.dueAt = now + againMs;
    }
  }

  end({ place }: OpenCall): void {
    this.#places[place] = null;
    this.#free.push(place);
  }
}
