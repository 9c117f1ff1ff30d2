import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';

/** Longer bodies than this, in bytes, are refused. */
const most = 128 * 2 ** 20;

export type ReadBody =
  | { readonly kind: 'body'; readonly text: string; readonly value: unknown }
  | { readonly kind: 'fault'; readonly status: 400 | 413 | 415; readonly text: string; readonly message: string };

/** Reads the body of a request as JSON; no body is null. */
export async function readBody(request: IncomingMessage): Promise<ReadBody> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > most) return { kind: 'fault', status: 413, text: '', message: `The body is longer than ${most} bytes.` };
    pieces.push(piece);
  }
  const encoding = request.headers['content-encoding'] ?? 'identity';
  const decode = decoders[encoding];
  if (decode === undefined) return { kind: 'fault', status: 415, text: '', message: `The twin does not read ${encoding}.` };
  const decoded = await decode(Buffer.concat(pieces)).catch(() => null);
  if (decoded === null) return { kind: 'fault', status: 400, text: '', message: `The body is not what ${encoding} makes.` };
  return parsed(decoded.toString('utf8'));
}

type Decode = (bytes: Buffer) => Promise<Buffer>;
const decoders: Readonly<Record<string, Decode | undefined>> = {
  identity: async (bytes) => bytes,
  gzip: promisify(gunzip) as Decode, // it has further forms, with options
  deflate: promisify(inflate) as Decode,
  br: promisify(brotliDecompress) as Decode,
};

function parsed(text: string): ReadBody {
  if (text === '') return { kind: 'body', text, value: null };
  try {
    return { kind: 'body', text, value: JSON.parse(text) };
  } catch {
    return { kind: 'fault', status: 400, text, message: 'The body is no JSON.' };
  }
}
