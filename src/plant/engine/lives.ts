import { setTimeout as pause } from 'node:timers/promises';
import { Life, type LifeEnd } from './life.ts';

/** A fault may be that the database is away: then nobody waits long for the workflow to be given back. */
const releaseMs = 2_000;

/** The workflows that this process works on, each with its life. */
export class Lives {
  readonly #lives = new Map<string, { readonly life: Life; readonly gone: Promise<LifeEnd> }>();
  readonly #release: (id: string) => Promise<void>;

  /** `release` gives a workflow back that a fault has stopped, so that any process may take it up. */
  constructor(release: (id: string) => Promise<void>) {
    this.#release = release;
  }

  has(id: string): boolean {
    return this.#lives.has(id);
  }

  begin(id: string): Life {
    const life = new Life();
    const gone = life.ended.then(async (end) => {
      if (end.kind === 'fault') await Promise.race([this.#release(id).catch(() => {}), pause(releaseMs)]);
      if (this.#lives.get(id)?.life === life) this.#lives.delete(id);
      return end;
    });
    this.#lives.set(id, { life, gone });
    return life;
  }

  /** The life of a workflow that begins without anybody in this process having asked for it, or the one that was begun. */
  of(id: string): Life {
    return this.#lives.get(id)?.life ?? this.begin(id);
  }

  /** Resolves once this process no longer works on the workflow; null where it does not. */
  gone(id: string): Promise<LifeEnd> | null {
    return this.#lives.get(id)?.gone ?? null;
  }

  endAll(end: LifeEnd): void {
    for (const { life } of this.#lives.values()) life.end(end);
  }
}
