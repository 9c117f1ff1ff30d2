import { z } from 'zod';

const Part = z.looseObject({ type: z.string() });
const Members = z.record(z.string(), z.unknown());
type Members = z.infer<typeof Members>;

/** A comment: nothing of the answer, and a sign that it goes on. */
const sign = Buffer.from(':\n\n');

/**
 * The parts of a stream as events. What a provider says beside its answer is looked at for the errors that packages pass over, or
 * whose kind they lose. A stream that breaks just ends: it has not told of an end then.
 */
export async function* eventsOf(parts: ReadableStream<unknown>, leftOut: (what: string) => void): AsyncGenerator<Buffer> {
  let exception: string | null = null;
  try {
    for await (const value of parts) {
      const part = Part.safeParse(value).data;
      if (part === undefined) yield eventOf(null);
      else if (part.type === 'stream-start') noteWarnings(part['warnings'], leftOut);
      else if (part.type === 'raw') {
        const raw = membersOf(part['rawValue']);
        exception = Object.keys(raw).find((name) => name.endsWith('Exception')) ?? null;
        yield raw['error'] === undefined ? sign : eventOf({ type: 'error', error: raw['error'] });
      } else if (part.type === 'error') yield eventOf(errorPart(part['error'], exception));
      else yield eventOf(part);
    }
  } catch {
    // The connection broke, or what came cannot be read: there is no end, and the caller of this sees that.
  }
}

/** Takes down what a package says that it left out of a call. */
export function noteWarnings(warnings: unknown, leftOut: (what: string) => void): void {
  for (const { feature, message } of z.array(Members).safeParse(warnings).data ?? []) {
    const what = feature ?? message;
    if (typeof what === 'string') leftOut(what.slice(0, longest));
  }
}

const longest = 300;

/** An error of the provider in its own words; one of the package’s own means that what came is no answer. */
function errorPart(error: unknown, exception: string | null): Members | null {
  if (error instanceof Error) return null;
  return { type: 'error', error: { ...membersOf(error), ...(exception !== null && { type: exception }) } };
}

function eventOf(part: Members | null): Buffer {
  return Buffer.from(`data: ${JSON.stringify(part)}\n\n`);
}

function membersOf(value: unknown): Members {
  return Members.safeParse(value).data ?? {};
}
