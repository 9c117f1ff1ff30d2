import { Readable } from 'node:stream';
import { StreamIncoming } from '../upstream/incoming.ts';
import type { Asking, Sent } from '../upstream/send.ts';
import { eventsOf, noteWarnings } from './part-events.ts';
import type { SdkModel, Speaker } from './speaker.ts';
import { wayOut } from './way-out.ts';

/** What a model of a package is called with. */
export interface PackageCall {
  readonly speaker: Speaker;
  readonly model: string;
  readonly call: object;
  readonly stream: boolean;
  /** Takes down what the package leaves out of the call. */
  readonly leftOut: (what: string) => void;
}

/**
 * Asks an upstream by its package, up to the head of its answer. The package makes the request and reads the answer; the connection, its
 * deadlines, refusals and cuts are the gateway's own, as everywhere. A refusal comes as the provider sent it, an answer as parts.
 */
export async function askPackage(asked: PackageCall, asking: Asking): Promise<Sent> {
  const { speaker, model } = asked;
  if (asking.caller.isGone()) return { kind: 'left' };
  const leaving = new AbortController();
  const { signal } = leaving;
  const stay = asking.caller.onGone(() => leaving.abort());
  const out = wayOut({ ...asking, caller: callerBy(signal) });
  const answer = speaker.call(model, out.fetch, (found) => answerOf(found, asked, signal));
  // Where its time was up before, what it comes to in the end is of no use to anybody.
  answer.catch(() => undefined);
  try {
    const first = await Promise.race([answer, out.late]);
    if (!('pieces' in first)) {
      leaving.abort();
      return first;
    }
    return answering(first, out.sent());
  } catch (error) {
    if (asking.caller.isGone()) return { kind: 'left' };
    return failed(error, { speaker, sent: out.sent() });
  } finally {
    out.over();
    stay();
  }
}

/** Whoever is gone when a signal says so. */
function callerBy(signal: AbortSignal): Asking['caller'] {
  return {
    isGone: () => signal.aborted,
    onGone(act) {
      signal.addEventListener('abort', act, { once: true });
      return () => signal.removeEventListener('abort', act);
    },
  };
}

interface Answer {
  readonly pieces: AsyncIterator<Buffer>;
  readonly type: string;
}

async function answerOf(model: SdkModel, { call, stream, leftOut }: PackageCall, abortSignal: AbortSignal): Promise<Answer> {
  if (stream) {
    const { stream: parts } = await model.doStream({ ...call, abortSignal, includeRawChunks: true });
    return { pieces: eventsOf(parts, leftOut), type: 'text/event-stream' };
  }
  const result = await model.doGenerate({ ...call, abortSignal });
  if ('warnings' in result) noteWarnings(result.warnings, leftOut);
  const text = JSON.stringify({ ...result, request: undefined, response: undefined });
  return { pieces: once(Buffer.from(text)), type: 'application/json' };
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

/** An answer whose head is the provider's and whose content is the package's; who leaves it leaves the provider. */
function answering({ pieces, type }: Answer, from: Sent | null): Sent {
  const theirs = from?.kind === 'answering' ? from.incoming : null;
  const content = new Readable({
    read() {
      pieces.next().then(
        ({ done, value }) => this.push(done === true ? null : value),
        (error: Error) => this.destroy(error),
      );
    },
    destroy(error, closed) {
      if (theirs?.complete === false) theirs.destroy();
      closed(error);
    },
  });
  const headers = { ...theirs?.headers, 'content-type': type, 'content-length': undefined };
  return { kind: 'answering', incoming: new StreamIncoming(content, { statusCode: 200, headers }) };
}

/** What came of a call that the package gave up. */
function failed(error: unknown, { speaker, sent }: { readonly speaker: Speaker; readonly sent: Sent | null }): Sent {
  const { name, message, statusCode } = told(error);
  if (sent === null) {
    // Nobody was asked: the package cannot say what the request says, or cannot log in.
    if (/Unsupported|InvalidPrompt|InvalidArgument|TypeValidation/.test(name)) return refusal(400, `${speaker.name}: ${message}`);
    return { kind: 'unreachable', why: `${speaker.name}: ${message}` };
  }
  if (sent.kind !== 'answering') return sent;
  if (sent.incoming.statusCode > 299) return sent;
  sent.incoming.destroy();
  // Some packages read the beginning of a stream, and find an error there.
  return statusCode >= 400 ? refusal(statusCode, message) : { kind: 'garbled' };
}

function told(error: unknown): { readonly name: string; readonly message: string; readonly statusCode: number } {
  if (!(error instanceof Error)) return { name: '', message: String(error), statusCode: 0 };
  const statusCode = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 0;
  return { name: error.name, message: (error.message.split('\n')[0] ?? '').slice(0, longest), statusCode };
}

const longest = 500;

function refusal(statusCode: number, message: string): Sent {
  const content = Readable.from([Buffer.from(JSON.stringify({ error: { message } }))]);
  return { kind: 'answering', incoming: new StreamIncoming(content, { statusCode, headers: {} }) };
}
