import type fetch from 'npm-registry-fetch';
import { onceUnlessFailed } from '../../core/base/once-unless-failed.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { failureOf, unreadable, type RegistryFailure } from './failure.ts';
import type { SettingsSource } from './settings.ts';

export interface ClientOptions extends SettingsSource {
  /** Says something to people who watch: a retry and why. */
  readonly log: (message: string) => void;
  readonly clock: Pick<Clock, 'sleep'>;
  /** Limit for one request with its body; default 30 s, or npm's own `fetch-timeout` where that is shorter. */
  readonly timeoutMs?: number;
  /** Requests per question, waits of 0.5 s, 2 s, 8 s … between them; default 3. */
  readonly attempts?: number;
}

/** Asks registries for JSON. */
export interface Client {
  /** `read` turns a document into an answer, null where it is not what it should be. */
  ask<T>(request: Request, read: (document: unknown) => T | null): Promise<Asked<T>>;
}

export type Asked<T> = { readonly host: string } & ({ readonly answer: T } | { readonly failure: RegistryFailure });

export interface Request {
  readonly path: string;
  /** Package whose scope picks the registry. */
  readonly spec?: string;
  /** Makes it a POST. */
  readonly body?: object;
}

/** Opens a client on npm's own settings, which are read at the first question; retries are inside. */
export function openClient(options: ClientOptions): Client {
  const opened = onceUnlessFailed(() => openDoor(options));
  return {
    async ask(request, read) {
      const door = await opened();
      const attempts = options.attempts ?? 3;
      for (let attempt = 1; ; attempt += 1) {
        const outcome = await once(request, door, read);
        const host = hostOf(request, door);
        if (!('failure' in outcome)) return { ...outcome, host };
        if (!outcome.failure.passing || attempt >= attempts) return { failure: outcome.failure, host };
        const delayMs = 500 * 4 ** (attempt - 1);
        options.log(`${host} gave ${outcome.failure.what} for ${request.spec ?? 'advisories'}; asking again in ${delayMs} ms.`);
        await options.clock.sleep(delayMs);
      }
    },
  };
}

/** What every question needs. */
interface Door {
  readonly fetch: typeof fetch;
  /** npm's settings, flat. */
  readonly flat: Record<string, unknown>;
  readonly timeoutMs: number;
}

/** npm's client and its reader of settings are loaded only here: a process that asks nothing starts without them. */
async function openDoor(options: ClientOptions): Promise<Door> {
  const [{ default: npmFetch }, { readSettings }] = await Promise.all([import('npm-registry-fetch'), import('./settings.ts')]);
  const flat = await readSettings(options);
  return { fetch: npmFetch, flat, timeoutMs: options.timeoutMs ?? patience(flat) };
}

function patience({ timeout }: Record<string, unknown>): number {
  return typeof timeout === 'number' && timeout > 0 ? Math.min(timeout, 30_000) : 30_000;
}

async function once<T>(
  { path, spec, body }: Request,
  { fetch, flat, timeoutMs }: Door,
  read: (document: unknown) => T | null,
): Promise<{ readonly answer: T } | { readonly failure: RegistryFailure }> {
  // Retries are ours, because they must be logged; the disk cache is npm's, and this process may be another user.
  const request = {
    ...flat,
    ...(spec && { spec }),
    ...(body && { method: 'POST', body, gzip: true }),
    retry: { retries: 0 },
    cache: undefined,
    timeout: timeoutMs,
  };
  try {
    const document = await fetch.json(path, { ...request, signal: AbortSignal.timeout(timeoutMs) } as fetch.Options);
    const answer = read(document);
    return answer === null ? { failure: unreadable } : { answer };
  } catch (error) {
    return { failure: failureOf(error) };
  }
}

function hostOf({ spec }: Request, { fetch, flat }: Door): string {
  const address = spec === undefined ? String(flat['registry']) : fetch.pickRegistry(spec, flat);
  return URL.canParse(address) ? new URL(address).host : 'the registry';
}
