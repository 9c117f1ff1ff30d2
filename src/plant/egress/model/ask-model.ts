import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pour, type Body, type Poured } from '../body.ts';

export interface AskingModel {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Null where the request has none. */
  readonly body: Body | null;
  readonly mostBytes: number;
  readonly signal: AbortSignal;
}

export type ModelAnswer =
  | { readonly kind: 'answered'; readonly answer: IncomingMessage }
  | { readonly kind: 'too-long' }
  /** `code` is the system's: it names no host and no key. */
  | { readonly kind: 'failed'; readonly code: string };

/** Asks the gateway, which may answer before it has heard all. Nothing is sent twice: whoever asks knows whether to. */
export function askModel({ url, method, headers, body, mostBytes, signal }: AskingModel): Promise<ModelAnswer> {
  return new Promise((resolve) => {
    const ask = url.startsWith('https:') ? httpsRequest : httpRequest;
    // A connection for each request: none that has gone stale can fail it.
    const outgoing = ask(url, { method, headers, agent: false, signal });
    outgoing.once('response', (answer: IncomingMessage) => resolve({ kind: 'answered', answer }));
    outgoing.on('error', (error: NodeJS.ErrnoException) => resolve({ kind: 'failed', code: error.code ?? 'broken off' }));
    if (body === null) return void outgoing.end();
    const stop = (kind: 'too-long' | 'failed'): void => {
      resolve(kind === 'failed' ? { kind, code: 'broken off' } : { kind });
      outgoing.destroy();
    };
    sendBody(body, outgoing, mostBytes)
      .then((sent) => (sent === 'too-long' ? stop(sent) : undefined))
      .catch(() => stop('failed'));
  });
}

async function sendBody(body: Body, outgoing: ClientRequest, mostBytes: number): Promise<Poured> {
  const poured = await pour(body, outgoing, mostBytes);
  if (poured !== 'whole') await body.leave();
  return poured;
}
