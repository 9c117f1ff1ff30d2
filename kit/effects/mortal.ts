/** What a process of the kit dies of. */
export class Death extends Error {}

/**
 * One life of a process. It ends at a given boundary, counted from 1 over all that it asks of the world: one before each
 * asking, and one after, when the world has done it and the process does not hear of it.
 *
 * @example
 * const life = new Mortal(2);
 * await life.across(() => outside.make(key, 'x')); // made, and then: throws Death
 */
export class Mortal {
  readonly #diesAt: number;
  #boundaries = 0;

  constructor(diesAt = Number.POSITIVE_INFINITY) {
    this.#diesAt = diesAt;
  }

  async across<T>(ask: () => Promise<T>): Promise<T> {
    this.#pass();
    const answer = await ask();
    this.#pass();
    return answer;
  }

  #pass(): void {
    this.#boundaries += 1;
    if (this.#boundaries >= this.#diesAt) throw new Death(`died at boundary ${this.#boundaries}`);
  }
}
