import pg from 'pg';

type OnNotice = (payload: string) => void;

/** Who listens to which channel of a database, whatever session it has just now. */
export class Notices {
  readonly #listeners = new Map<string, Set<OnNotice>>();

  /** True while anybody listens. */
  get isWanted(): boolean {
    return this.#listeners.size > 0;
  }

  async add(client: pg.Client, channel: string, onNotice: OnNotice): Promise<void> {
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners.add(onNotice));
    if (listeners.size === 1) await client.query(`listen ${pg.escapeIdentifier(channel)}`);
  }

  async remove(client: pg.Client, channel: string, onNotice: OnNotice): Promise<void> {
    const listeners = this.#listeners.get(channel);
    if (!listeners?.delete(onNotice) || listeners.size > 0) return;
    this.#listeners.delete(channel);
    await client.query(`unlisten ${pg.escapeIdentifier(channel)}`);
  }

  /** Hears what a session brings. */
  watch(client: pg.Client): void {
    client.on('notification', ({ channel, payload }) => {
      for (const onNotice of this.#listeners.get(channel) ?? []) onNotice(payload ?? '');
    });
  }

  /** Goes on with a new session; everyone is called once for what they may have missed. */
  async resume(client: pg.Client): Promise<void> {
    for (const channel of this.#listeners.keys()) await client.query(`listen ${pg.escapeIdentifier(channel)}`);
    for (const listeners of this.#listeners.values()) for (const onNotice of listeners) onNotice('');
  }
}
