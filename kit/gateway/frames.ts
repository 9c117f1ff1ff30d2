import { z } from 'zod';

export type Members = { readonly [member: string]: unknown };

/** What a caller hears of an answer. */
export interface Heard {
  /** `thought …`, `text …`, `call id name {…}` */
  readonly parts: readonly string[];
  /** What the API says of why the answer ended; null where it did not. */
  readonly stop: string | null;
  readonly model: unknown;
  readonly usage: unknown;
  /** What stands where the API keeps what belongs to a thought. */
  readonly keepsakes: readonly string[];
  /** The message of the error with which it ended; null for none. */
  readonly error: string | null;
}

const Any = z.record(z.string(), z.unknown());

/** An object of JSON; empty for what is none. */
export function membersOf(value: unknown): Members {
  return Any.safeParse(value).data ?? {};
}

/** A list of such objects; empty for what is none. */
export function listOf(value: unknown): readonly Members[] {
  return z.array(Any).safeParse(value).data ?? [];
}

/** Fails with a sentence where a stream breaks its API's rules. */
export function must(holds: boolean, rule: string): asserts holds {
  if (!holds) throw new Error(`The stream is not well-formed: ${rule}.`);
}

export interface Frame {
  readonly event: string | null;
  readonly data: string;
}

/** Cuts a stream into its events, and fails where it is none. Comments are left out. */
export function framesOf(stream: string): readonly Frame[] {
  must(stream === '' || stream.endsWith('\n\n'), 'its last event has no end');
  return stream
    .split('\n\n')
    .filter((block) => block !== '' && !block.startsWith(':'))
    .map((block) => {
      const [first = '', second] = block.split('\n');
      const [name, line] = second === undefined ? [null, first] : [first, second];
      must(line.startsWith('data: ') && (name === null || name.startsWith('event: ')), `a line is ${JSON.stringify(line.slice(0, 60))}`);
      return { event: name?.slice(7) ?? null, data: line.slice(6) };
    });
}

/** The events of an API that names them; the name and the type are the same. */
export function namedEvents(stream: string): readonly Members[] {
  return framesOf(stream).map(({ event, data }) => {
    const members = membersOf(JSON.parse(data));
    must(members['type'] === event, `the event ${String(event)} holds the type ${String(members['type'])}`);
    return members;
  });
}
