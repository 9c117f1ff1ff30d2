import pg from 'pg';

/** One who listens to a channel. */
interface Listener {
  readonly channel: string;
  readonly onNotice: (payload: string) => void;
}

/** Who listens to a database, whatever session it has just now. */
export class Notices {
  readonly #listeners = new Set<Listener>();

  /** True while anybody listens. */
  get isWanted(): boolean {
    return this.#listeners.size > 0;
  }

  /** Begins to listen; adding the same listener again is harmless. */
  async add(client: pg.Client, listener: Listener): Promise<void> {
    this.#listeners.add(listener);
    await client.query(`listen ${pg.escapeIdentifier(listener.channel)}`);
  }

  async remove(client: pg.Client, listener: Listener): Promise<void> {
    this.#listeners.delete(listener);
    if (this.#of(listener.channel).length === 0) await client.query(`unlisten ${pg.escapeIdentifier(listener.channel)}`);
  }

  /** Hears what a session brings. */
  watch(client: pg.Client): void {
    client.on('notification', ({ channel, payload }) => {
      for (const { onNotice } of this.#of(channel)) onNotice(payload ?? '');
    });
  }

  /** Goes on with a new session; everyone is called once for what they may have missed. */
  async resume(client: pg.Client): Promise<void> {
    const channels = new Set([...this.#listeners].map(({ channel }) => channel));
    for (const channel of channels) await client.query(`listen ${pg.escapeIdentifier(channel)}`);
    for (const { onNotice } of this.#listeners) onNotice('');
  }

  #of(channel: string): readonly Listener[] {
    return [...this.#listeners].filter((listener) => listener.channel === channel);
  }
}
