import type { Protocol } from './protocol.ts';

/** Bytes of an answer that are read; a report has a fraction of it. */
const mostBytes = 1024 * 1024;

/**
 * What asks a model from within the workspace: the way that agents go too, through its one way out, where the key is added
 * and what is refused is put on record. It reads the question from its stdin, and tells the answer as one line of JSON.
 * Node's own client of HTTP is used: `fetch` loses its patience after five minutes, and models think.
 */
const program = `
const parts = [];
process.stdin.on('data', (part) => parts.push(part)).on('end', () => {
  const { base, key, keyHeader: [name, before], path, headers, body } = JSON.parse(Buffer.concat(parts).toString());
  const say = (told) => process.stdout.write(JSON.stringify(told) + '\\n');
  const root = process.env[base];
  if (!root) return say({ missing: base });
  const text = Buffer.from(JSON.stringify(body));
  const secret = process.env[key];
  const all = { 'content-type': 'application/json', accept: 'application/json', 'content-length': text.length, ...headers };
  if (secret) all[name] = before + secret;
  const url = root.replace(/\\/+$/, '') + path;
  const { request } = require(url.startsWith('https:') ? 'node:https' : 'node:http');
  const asked = request(url, { method: 'POST', headers: all, agent: false }, (answer) => {
    const pieces = [];
    let bytes = 0;
    answer.on('data', (piece) => {
      bytes += piece.length;
      if (bytes <= ${mostBytes}) pieces.push(piece);
    });
    answer.on('error', () => undefined);
    answer.on('close', () => say({
      status: answer.statusCode,
      retryAfter: answer.headers['retry-after'] ?? null,
      whole: answer.complete && bytes <= ${mostBytes},
      text: Buffer.concat(pieces).toString(),
    }));
  });
  asked.on('error', (error) => say({ failed: error.code ?? error.message }));
  asked.end(text);
});
`;

/** Its command line; nothing of it is secret. */
export const askCommand: readonly [string, ...string[]] = ['node', '-e', program];

/** What it reads: where to ask is told by the names of variables alone. */
export function questionLine({ base, key, keyHeader, path, headers }: Protocol, body: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ base, key, keyHeader, path, headers, body }));
}
