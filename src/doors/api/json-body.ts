import type { z } from 'zod';
import { JidokaError } from '../../core/base/error.ts';
import { httpError } from './api-error.ts';

const mostBytes = 10 * 1024 * 1024;

/**
 * Reads a request's body as JSON of a form. Throws `usage` that names the place; with status 415 for what is not sent
 * as JSON and 413 for more than 10 MB, of which no more is read.
 */
export async function jsonBody<Form extends z.ZodType>(request: Request, form: Form): Promise<z.output<Form>> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/json *(;|$)/i.test(type))
    throw httpError(415, `The body is sent as "${type}".`, 'Send JSON, with the header Content-Type: application/json.');
  const { success, data, error } = form.safeParse(parse(await readText(request)));
  if (success) return data;
  throw new JidokaError('usage', `The body cannot be understood: ${error.issues.slice(0, 5).map(sayIssue).join('; ')}.`, {
    mend: 'See docs/API.md for what this route takes.',
  });
}

async function readText(request: Request): Promise<string> {
  if (Number(request.headers.get('content-length') ?? 0) > mostBytes) throw tooBig();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > mostBytes) throw tooBig();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new JidokaError('usage', `The body is not JSON: ${why}.`, { mend: 'Send one JSON object.', cause });
  }
}

function sayIssue({ path, message }: z.core.$ZodIssue): string {
  return path.length === 0 ? message : `${path.join('.')}: ${message}`;
}

function tooBig(): JidokaError {
  return httpError(413, 'The body is bigger than 10 MB.', 'Send less, or several requests.');
}
