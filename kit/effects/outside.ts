import type { Json } from '../../src/core/base/json.ts';

/** One effect as it took place outside. */
export interface Made {
  readonly id: number;
  readonly key: string;
  readonly content: string;
}

/**
 * A service outside of the factory: it keeps every effect that ever took place, and can be told to fail as services
 * do. One that keeps keys gives a known key its first effect again; any other makes another.
 *
 * @example
 * const outside = new Outside({ keepsKeys: false });
 * await outside.make('comment/1', 'hello'); // { id: 1 }
 */
export class Outside {
  readonly made: Made[] = [];
  readonly #keepsKeys: boolean;
  readonly #troubles: ('refuses' | 'loses-answer')[] = [];
  #delay: Promise<void> | null = null;

  constructor(options: { readonly keepsKeys: boolean }) {
    this.#keepsKeys = options.keepsKeys;
  }

  /** What comes to the next effects, in order: `refuses` makes none, `loses-answer` makes it and does not say so. */
  meets(...troubles: readonly ('refuses' | 'loses-answer')[]): void {
    this.#troubles.push(...troubles);
  }

  /** Keeps the next effect waiting on its way; the returned function lets it arrive. */
  delayNext(): () => void {
    const { promise, resolve } = withResolver();
    this.#delay = promise;
    return resolve;
  }

  async make(key: string, content: string): Promise<Json> {
    const delay = this.#delay;
    this.#delay = null;
    await delay;
    const trouble = this.#troubles.shift();
    if (trouble === 'refuses') throw new Error('503');
    const id = this.#take(key, content);
    if (trouble === 'loses-answer') throw new Error('ETIMEDOUT');
    return { id };
  }

  async find(key: string): Promise<Json | null> {
    const found = this.made.find((made) => made.key === key);
    return found === undefined ? null : { id: found.id };
  }

  #take(key: string, content: string): number {
    const known = this.#keepsKeys ? this.made.find((made) => made.key === key) : undefined;
    if (known !== undefined) return known.id;
    this.made.push({ id: this.made.length + 1, key, content });
    return this.made.length;
  }
}

function withResolver(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
