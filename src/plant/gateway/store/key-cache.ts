import type { KeyGrant } from '../../../core/ports/gateway/virtual-keys.ts';
import type { LedgerKeysOptions } from './ledger-keys.ts';

/** How long a key counts as alive after a look that saw it began. */
const trustMs = 1_000;
/** Keys that nobody used for so long are not looked at again. */
const idleMs = 5 * 60_000;

interface Seen {
  readonly grant: KeyGrant;
  /** When the look that saw it was sent: whatever ended it before that, the look would have noticed. */
  seenAt: number;
  usedAt: number;
}

type Grants = ReadonlyMap<string, KeyGrant>;

/** Keys that this process found, by their digest, and when it saw them last. */
export class KeyCache {
  readonly #database: LedgerKeysOptions['database'];
  readonly #now: () => number;
  readonly #seen = new Map<string, Seen>();
  readonly #lookEveryMs: number | null;
  #timer: NodeJS.Timeout | null = null;
  #listening: Promise<{ close(): Promise<void> } | null> | null = null;
  /** Digests of the look that is sent when the one under way is back. */
  #gathering: { readonly digests: Set<string>; readonly answer: Promise<Grants> } | null = null;
  #underWay: Promise<unknown> = Promise.resolve();

  constructor({ database, monotonicMs, lookEveryMs }: Pick<LedgerKeysOptions, 'database' | 'monotonicMs' | 'lookEveryMs'>) {
    this.#database = database;
    this.#now = monotonicMs;
    this.#lookEveryMs = lookEveryMs ?? null;
  }

  /** The grant of a digest; null where there is none, or none any more. */
  async find(digest: string): Promise<KeyGrant | null> {
    const now = this.#now();
    const seen = this.#seen.get(digest);
    if (seen !== undefined) seen.usedAt = now;
    if (seen !== undefined && now - seen.seenAt < trustMs) return seen.grant;
    this.#listening ??= this.#listen();
    return (await this.#look([digest])).get(digest) ?? null;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer ?? undefined);
    await (await this.#listening)?.close();
    await this.#underWay.catch(ignore);
  }

  /** From the first question on: who only makes keys and ends them has nothing to look at. Where it cannot listen it looks often enough. */
  async #listen(): Promise<{ close(): Promise<void> } | null> {
    if (this.#lookEveryMs !== null) this.#timer = setInterval(() => this.#lookAgain(), this.#lookEveryMs).unref();
    return this.#database.listen('jidoka_model_key', () => this.#lookAgain()).catch(() => null);
  }

  #lookAgain(): void {
    const now = this.#now();
    for (const [digest, { usedAt }] of this.#seen) if (now - usedAt > idleMs) this.#seen.delete(digest);
    // A look that fails shows with the next call that has to wait for one.
    if (this.#seen.size > 0) this.#look([...this.#seen.keys()]).catch(ignore);
  }

  /** One look is under way at a time, and all who ask meanwhile share the next. */
  #look(digests: readonly string[]): Promise<Grants> {
    this.#gathering ??= this.#gather();
    for (const digest of digests) this.#gathering.digests.add(digest);
    return this.#gathering.answer;
  }

  #gather(): { readonly digests: Set<string>; readonly answer: Promise<Grants> } {
    const digests = new Set<string>();
    const answer = this.#underWay.catch(ignore).then(() => {
      this.#gathering = null;
      return this.#ask([...digests]);
    });
    this.#underWay = answer;
    return { digests, answer };
  }

  async #ask(digests: readonly string[]): Promise<Grants> {
    let sentAt = this.#now();
    const { rows } = await this.#database.attempt((pool) => {
      sentAt = this.#now();
      return pool.query<{ digest: string; grant: KeyGrant }>(selectKeys, [digests]);
    });
    const found = new Map(rows.map(({ digest, grant }) => [digest, grant]));
    for (const digest of digests) {
      const grant = found.get(digest);
      if (grant === undefined) this.#seen.delete(digest);
      else this.#seen.set(digest, { grant, seenAt: sentAt, usedAt: this.#seen.get(digest)?.usedAt ?? sentAt });
    }
    return found;
  }
}

const selectKeys = 'select digest, "grant" from jidoka.model_key where digest = any($1)';

function ignore(): void {}
