import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorCode, errorCodes, isJidokaError, JidokaError } from '../../core/base/error.ts';
import type { LedgerEvent } from '../../core/evidence/event.ts';
import type { FedEvent } from '../../core/ports/feed.ts';
import { sseMessages, type SseMessage } from './sse-messages.ts';

/** A daemon, asked over HTTP. What it answers is believed to have the form that its version documents. */
export interface ApiClient {
  /** Throws the error the daemon answered with, or `daemon-missing` where none answers. */
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: object): Promise<T>;
  put<T>(path: string, body: object): Promise<T>;
  delete<T>(path: string): Promise<T>;
  /**
   * Events, each once and in order, until the signal is aborted or the loop is left. A connection that breaks is made
   * again and goes on where it was; only the first must succeed.
   */
  events(options: FollowOptions): AsyncGenerator<FedEvent, void>;
}

export interface FollowOptions {
  /** Only events of this run. */
  readonly run?: string;
  /** Cursor to go on behind. */
  readonly after?: string;
  /** Where to begin without a cursor; `now` unless told otherwise. */
  readonly from?: 'start' | 'now';
  readonly signal: AbortSignal;
}

/** A daemon says something every 15 seconds; one that is silent for so long is gone. */
const silenceMs = 45_000;
const answerMs = 30_000;
const [firstWaitMs, longestWaitMs] = [100, 5000];

/**
 * Makes a client of a daemon.
 *
 * @example
 * const { gates } = await apiClient(url, token).get<{ gates: GateView[] }>('/v1/gates');
 */
export function apiClient(url: string, token: string): ApiClient {
  const ask = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const signal = AbortSignal.timeout(answerMs);
    const json = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await request(url + path, token, { method, signal, ...json });
    return (await response.json()) as T; // the daemon's word
  };
  return {
    get: (path) => ask('GET', path),
    post: (path, body) => ask('POST', path, body),
    put: (path, body) => ask('PUT', path, body),
    delete: (path) => ask('DELETE', path),
    events: (options) => follow(url, token, options),
  };
}

async function* follow(url: string, token: string, options: FollowOptions): AsyncGenerator<FedEvent, void> {
  const { signal } = options;
  let cursor = options.after ?? null;
  let wasConnected = false;
  let waitMs = firstWaitMs;
  const mayBreak = (error: unknown): boolean => signal.aborted || (wasConnected && isPassing(error));
  while (!signal.aborted) {
    for await (const { id, data } of untilBroken(messages(url, token, { ...options, cursor }), mayBreak)) {
      [wasConnected, waitMs] = [true, firstWaitMs];
      cursor = id ?? cursor;
      if (data !== '') yield { cursor: cursor ?? '', event: JSON.parse(data) as LedgerEvent }; // the daemon's word
    }
    // Not all at once, where a daemon comes back to many.
    await sleep(waitMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {});
    waitMs = Math.min(waitMs * 2, longestWaitMs);
  }
}

/** Takes a fault of the source that may be for its end. */
async function* untilBroken<T>(source: AsyncGenerator<T>, mayBreak: (error: unknown) => boolean): AsyncGenerator<T> {
  try {
    yield* source;
  } catch (error) {
    if (!mayBreak(error)) throw error;
  }
}

/** What one connection says until it breaks. */
async function* messages(
  url: string,
  token: string,
  { run, from, cursor, signal }: FollowOptions & { readonly cursor: string | null },
): AsyncGenerator<SseMessage> {
  const query = new URLSearchParams({ ...(run === undefined ? {} : { run }), ...(from === undefined ? {} : { from }) });
  const connection = new AbortController();
  const cut = (): void => connection.abort();
  const watchdog = setTimeout(cut, silenceMs);
  signal.addEventListener('abort', cut);
  try {
    const headers = cursor === null ? {} : { 'Last-Event-ID': cursor };
    const response = await request(`${url}/v1/events?${query.toString()}`, token, { headers, signal: connection.signal });
    yield* sseMessages(texts(response, connection.signal, () => watchdog.refresh()));
  } finally {
    signal.removeEventListener('abort', cut);
    clearTimeout(watchdog);
    cut();
  }
}

/** The text of an answer, until it ends or the signal is aborted. */
async function* texts({ body }: Response, signal: AbortSignal, heard: () => void): AsyncGenerator<string> {
  if (body === null) return;
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let stop = (): void => {};
  signal.addEventListener('abort', () => stop());
  for (;;) {
    // fetch never settles a read that is aborted when the other side has just ended: it is not waited for.
    const { done, value } = await new Promise<{ readonly done: boolean; readonly value: Uint8Array | undefined }>((resolve, reject) => {
      stop = () => resolve({ done: true, value: undefined });
      if (signal.aborted) stop();
      reader.read().then(resolve, reject);
    });
    if (done || value === undefined) return;
    heard();
    yield decoder.decode(value, { stream: true });
  }
}

/** Whether it may be otherwise in a moment: nobody answers, the connection broke, or the daemon has trouble of its own. */
function isPassing(error: unknown): boolean {
  if (!isJidokaError(error)) return error instanceof TypeError || error instanceof DOMException;
  return error.code === 'daemon-missing' || Number(error.data['status']) >= 500;
}

async function request(address: string, token: string, init: RequestInit): Promise<Response> {
  const json = init.body === undefined ? {} : { 'Content-Type': 'application/json' };
  const headers = { ...init.headers, ...json, Authorization: `Bearer ${token}` };
  const response = await fetch(address, { ...init, headers }).catch((cause: unknown) => {
    const { origin } = new URL(address);
    throw new JidokaError('daemon-missing', `No daemon answers at ${origin}.`, { mend: 'Start one: jidoka up', cause });
  });
  if (!response.ok) throw await answeredError(response);
  return response;
}

/** The error the daemon answered with, or one about what else answered. */
async function answeredError(response: Response): Promise<JidokaError> {
  const { status } = response;
  const answer = (await response.json().catch(() => null)) as { readonly error?: Readonly<Record<string, unknown>> } | null;
  const { code, message, mend } = answer?.error ?? {};
  if (!isCode(code)) {
    const what = `${response.url} answered ${status}, and not as a daemon of jidoka does.`;
    return new JidokaError('daemon-missing', what, { mend: 'Look what listens there: jidoka status', data: { status } });
  }
  return new JidokaError(code, String(message), { mend: String(mend), data: { status } });
}

function isCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorCodes, code);
}
