/** An address as a request wants it. */
export interface Place {
  /** `https://HOST`, with its port where that is not the usual one. */
  readonly origin: string;
  /** With what follows the question mark. */
  readonly path: string;
}

/** So many are kept: those of a configuration are few, and what callers add behind the question mark seldom differs. */
const mostKnown = 1_000;

/** Takes addresses apart, each once: the same few are asked again and again. */
export class AddressBook {
  readonly #known = new Map<string, Place>();

  /** Throws for what is no address. */
  find(address: string): Place {
    const known = this.#known.get(address);
    if (known !== undefined) return known;
    if (this.#known.size >= mostKnown) this.#known.clear();
    const { origin, pathname, search } = new URL(address);
    const place = { origin, path: `${pathname}${search}` };
    this.#known.set(address, place);
    return place;
  }
}
