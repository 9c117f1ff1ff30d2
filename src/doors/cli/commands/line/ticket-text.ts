import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { JidokaError } from '../../../../core/base/error.ts';
import { isUrl } from '../../result-text.ts';
import type { World } from '../../world.ts';

/** More than this is no ticket, and is not read to its end. */
const mostBytes = 256 * 1024;
const longestMs = 20_000;

/**
 * Reads the words of a ticket from a file, a URL or, for '-', what is piped in. Throws `ticket-invalid` for what cannot be
 * read, is no UTF-8 or is longer than a ticket.
 */
export async function readTicketText(source: string, world: Pick<World, 'cwd' | 'stdin'>): Promise<string> {
  const bytes =
    source === '-' ? await gather(world.stdin(), source) : isUrl(source) ? await download(source) : await readLocal(source, world.cwd);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw invalid(source, 'is not UTF-8 text', cause);
  }
}

async function readLocal(path: string, cwd: string): Promise<Uint8Array> {
  try {
    const file = await open(resolve(cwd, path));
    return await gather(file.createReadStream({ end: mostBytes }), path);
  } catch (cause) {
    throw failed(path, cause);
  }
}

async function download(url: string): Promise<Uint8Array> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(longestMs), headers: { accept: 'text/markdown, text/plain, */*' } });
    if (!answer.ok) throw invalid(url, `cannot be read: the server answered ${answer.status}`);
    return answer.body === null ? new Uint8Array() : await gather(answer.body, url);
  } catch (cause) {
    throw failed(url, cause);
  }
}

async function gather(stream: AsyncIterable<Uint8Array | string>, source: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of stream) {
    const bytes = typeof part === 'string' ? new TextEncoder().encode(part) : part;
    length += bytes.length;
    if (length > mostBytes) throw invalid(source, `has more than ${mostBytes} bytes`);
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}

function failed(source: string, cause: unknown): unknown {
  if (cause instanceof JidokaError) return cause;
  return invalid(source, `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
}

function invalid(source: string, what: string, cause?: unknown): JidokaError {
  return new JidokaError('ticket-invalid', `The ticket ${source} ${what}.`, {
    mend: 'Give the words of the ticket as UTF-8 text or Markdown: a title in the first line, then what happens and what should.',
    ...(cause === undefined ? {} : { cause }),
  });
}
