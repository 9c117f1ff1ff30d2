/** A turn that is done again after the time it asks for, or as soon as somebody wakes it; one at a time, none missed. */
export class WakefulLoop {
  readonly #turn: () => Promise<number>;
  #timer: NodeJS.Timeout | undefined;
  #turns: Promise<void> = Promise.resolve();
  #isTurning = false;
  #isWoken = false;
  #isStopped = false;

  /** `turn` gives the milliseconds until the next; it throws nothing. */
  constructor(turn: () => Promise<number>) {
    this.#turn = turn;
  }

  /** Begins a turn now, or after the one that goes on. */
  wake(): void {
    this.#isWoken = true;
    if (!this.#isStopped && !this.#isTurning) this.#turns = this.#takeTurns();
  }

  /** Begins no further turn, and waits for the one that goes on. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#turns;
  }

  async #takeTurns(): Promise<void> {
    clearTimeout(this.#timer);
    this.#isTurning = true;
    let waitMs = 0;
    while (this.#isWoken && !this.#isStopped) {
      this.#isWoken = false;
      waitMs = await this.#turn();
    }
    // Between the last look whether it was woken and this, nobody else comes to a word.
    this.#isTurning = false;
    if (!this.#isStopped) this.#timer = setTimeout(() => this.wake(), waitMs);
  }
}
