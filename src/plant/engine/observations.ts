/** Another process as a beat shows it. */
export interface Seen {
  readonly id: string;
  readonly beat: number;
  readonly holds: number;
  /** Whether its session holds its lock. */
  readonly locked: boolean;
}

/** A process whose beat has not moved for this long stands still. */
const patienceMs = 10_000;
/** Whoever looked so late may have stood still itself: what it saw before says nothing. */
const lateMs = 3_000;

/** What this process saw of the beats of others, by its own clock. */
export class Observations {
  #since = new Map<string, { readonly beat: number; readonly sinceMs: number }>();

  /** Ids of those that hold steps and stand still; `lagMs` is the time since the last look. */
  standingStill(others: readonly Seen[], { nowMs, lagMs }: { readonly nowMs: number; readonly lagMs: number }): ReadonlySet<string> {
    const before = lagMs > lateMs ? new Map<string, never>() : this.#since;
    this.#since = new Map(
      others
        .filter(({ holds }) => holds > 0)
        .map(({ id, beat }) => {
          const seen = before.get(id);
          return [id, seen?.beat === beat ? seen : { beat, sinceMs: nowMs }];
        }),
    );
    return new Set([...this.#since].filter(([, { sinceMs }]) => nowMs - sinceMs >= patienceMs).map(([id]) => id));
  }
}
