/** Lets so many go at once, and the others in the order they came. */
export interface Turns {
  /** Does something when it is its turn. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
}

/** Makes turns for so many at once. */
export function turnsFor(most: number): Turns {
  const waiting: (() => void)[] = [];
  let going = 0;
  return {
    async inTurn(work) {
      if (going >= most) await new Promise<void>((resolve) => waiting.push(resolve));
      else going += 1;
      try {
        return await work();
      } finally {
        // The place goes on to whoever waits; without one it is free.
        const next = waiting.shift();
        if (next === undefined) going -= 1;
        else next();
      }
    },
  };
}
