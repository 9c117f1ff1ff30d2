import { hash } from 'node:crypto';

/** The body that a session sent last, cut into parts. */
interface Sent {
  bytes: Buffer;
  length: number;
  cuts: readonly number[];
  ids: readonly string[];
}

/** Shorter bodies are quick to digest. */
const leastKept = 16 * 1024;
/** Bytes of bodies that are kept; beyond that those that were sent longest ago are let go. */
const mostKept = 32 * 2 ** 20;

/**
 * Names parts of requests by the digest of their bytes. A session sends all that was said again with every call: what lies where it lay in
 * its last body, byte for byte, has the name that it had, and to compare is twenty times as quick as to digest.
 */
export class PartIds {
  readonly #most: number;
  // In the order in which they were sent.
  readonly #sent = new Map<string, Sent>();
  #kept = 0;

  constructor(most = mostKept) {
    this.#most = most;
  }

  /** The names of the parts that begin at these bytes. `session` is a guess: where it is wrong, all is digested. */
  idsOf(session: string, body: Buffer, cuts: readonly number[]): readonly string[] {
    const last = this.#sent.get(session);
    const ids = cuts.map((from, at) => {
      const to = cuts[at + 1] ?? body.length;
      const known = last !== undefined && last.cuts[at] === from && (last.cuts[at + 1] ?? last.length) === to ? last : null;
      const id = known !== null && body.compare(known.bytes, from, to, from, to) === 0 ? known.ids[at] : undefined;
      return id ?? hash('sha256', body.subarray(from, to)).slice(0, 32);
    });
    if (body.length >= leastKept) this.#keep(session, { body, cuts, ids });
    return ids;
  }

  #keep(
    session: string,
    { body, cuts, ids }: { readonly body: Buffer; readonly cuts: readonly number[]; readonly ids: readonly string[] },
  ): void {
    const before = this.#sent.get(session);
    this.#sent.delete(session);
    const fits = before !== undefined && before.bytes.length >= body.length;
    // Its own memory, with room to grow: what is given in is part of a batch.
    const bytes = fits ? before.bytes : Buffer.allocUnsafeSlow(Math.ceil(body.length * 1.25));
    this.#kept += bytes.length - (before?.bytes.length ?? 0);
    body.copy(bytes);
    this.#sent.set(session, { bytes, length: body.length, cuts, ids });
    for (const [name, { bytes: old }] of this.#sent) {
      if (this.#kept <= this.#most) return;
      this.#sent.delete(name);
      this.#kept -= old.length;
    }
  }
}
