import { request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { buffer, text } from 'node:stream/consumers';

export interface Asked {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface AskOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** Asks for a path over a unix socket, as whoever is behind it would. */
export function ask(socket: string, path: string, { method = 'GET', headers = {}, body }: AskOptions = {}): Promise<Asked> {
  return new Promise((resolve, reject) => {
    request({ socketPath: socket, path, method, headers: { ...headers }, agent: false }, (response) => {
      const answered = (whole: Buffer): void => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: whole });
      buffer(response).then(answered, reject);
    })
      .on('error', reject)
      .end(body);
  });
}

/** Says something to a unix socket word for word; resolves with all that is answered until the connection ends. */
export async function sayTo(socket: string, words: string, { hangUp = false }: { readonly hangUp?: boolean } = {}): Promise<string> {
  const connection = connect(socket);
  connection.write(words, () => (hangUp ? connection.destroy() : undefined));
  return hangUp ? await new Promise((resolve) => connection.once('close', () => resolve(''))) : text(connection);
}
