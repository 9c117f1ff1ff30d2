/** A body that was kept, in memory that is its own and may be longer, and what is known about it. */
export interface LastBody<T> {
  readonly bytes: Buffer;
  readonly length: number;
  readonly about: T;
}

/** Shorter bodies are quicker to look at than to compare. */
const leastKept = 16 * 1024;
/** Bytes that are kept of all together; beyond that those that came longest ago are let go. */
const mostKept = 32 * 2 ** 20;

/** Keeps the body that came last from each of several senders, who mostly send what they sent before with something added. */
export class LastBodies<T> {
  readonly #most: number;
  readonly #least: number;
  // In the order in which they came.
  readonly #kept = new Map<string, LastBody<T>>();
  #bytes = 0;

  constructor({ most = mostKept, least = leastKept }: { readonly most?: number; readonly least?: number } = {}) {
    this.#most = most;
    this.#least = least;
  }

  of(sender: string): LastBody<T> | undefined {
    return this.#kept.get(sender);
  }

  /** `same` is how many of its first bytes are those of the one before. */
  keep(sender: string, body: Buffer, about: T, same = 0): void {
    if (body.length < this.#least) return;
    const before = this.#kept.get(sender);
    this.#kept.delete(sender);
    const fits = before !== undefined && before.bytes.length >= body.length;
    // With room to grow.
    const bytes = fits ? before.bytes : Buffer.allocUnsafeSlow(Math.ceil(body.length * 1.25));
    this.#bytes += bytes.length - (before?.bytes.length ?? 0);
    const from = fits ? same : 0;
    body.copy(bytes, from, from);
    this.#kept.set(sender, { bytes, length: body.length, about });
    for (const [name, { bytes: old }] of this.#kept) {
      if (this.#bytes <= this.#most) return;
      this.#kept.delete(name);
      this.#bytes -= old.length;
    }
  }
}
