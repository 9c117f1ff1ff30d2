import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { UpstreamAnswer } from './upstreams.ts';

/** What npm reads of an answer's head; cookies and whatever tells of the registry's insides stay outside. */
const passed = ['content-type', 'etag', 'last-modified', 'cache-control', 'vary', 'retry-after'];

export interface Passing {
  readonly method: string;
  /** Headers of the request. */
  readonly asked: IncomingHttpHeaders;
  readonly mostBytes: number;
  /** Called at every piece of the body. */
  readonly alive: () => void;
}

type Answered = Extract<UpstreamAnswer, { readonly kind: 'answered' }>;

/** Passes a good answer on as it comes, byte for byte. An answer that is too long or breaks off is broken off here too. */
export async function passOn(answer: Answered, response: ServerResponse, passing: Passing): Promise<void> {
  const unchanged = answer.status === 304 || isSame(answer.headers['etag'], passing.asked['if-none-match']);
  response.writeHead(unchanged ? 304 : answer.status, headOf(answer, unchanged));
  try {
    if (!unchanged && passing.method !== 'HEAD') return await pipeline(bounded(answer.body, passing), response);
    response.end();
    // Read to its end all the same, so that it is kept outside.
    return await pipeline(bounded(answer.body, passing), new PassThrough().resume());
  } catch {
    // The head is out; npm takes a connection that breaks for what it is, and asks again.
    response.destroy();
  }
}

/** Length of the body as far as the head tells; 0 where it does not. */
export function toldLength({ headers }: Answered): number {
  return Number(headers['content-length'] ?? 0) || 0;
}

function headOf(answer: Answered, unchanged: boolean): Record<string, string> {
  const { headers } = answer;
  const kept = passed.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]] as const]));
  // The body was decoded on its way; only the length of one that was never encoded is right.
  const length = headers['content-encoding'] === undefined && !unchanged ? headers['content-length'] : undefined;
  return { ...Object.fromEntries(kept), ...(length !== undefined && { 'content-length': length }) };
}

function isSame(etag: string | undefined, asked: string | undefined): boolean {
  if (etag === undefined || asked === undefined) return false;
  const bare = (tag: string): string => tag.trim().replace(/^W\//, '');
  return asked.split(',').map(bare).includes(bare(etag));
}

async function* bounded(body: Readable, { mostBytes, alive }: Passing): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new RangeError('The body is longer than what is passed on.');
    alive();
    yield chunk;
  }
}
