/** One piece of git's protocol: a line, or a mark between lines. */
export type Pkt = { readonly kind: 'line'; readonly bytes: Buffer } | { readonly kind: 'flush' } | { readonly kind: 'mark' };

/** A piece with where the next one begins; `short` where bytes of it have not come, `invalid` where it is none of git's. */
export type PktRead =
  | { readonly kind: 'read'; readonly pkt: Pkt; readonly next: number }
  | { readonly kind: 'short'; readonly missing: number }
  | { readonly kind: 'invalid' };

/** Reads the piece that begins at a place, as strictly as any git does. */
export function pktAt(bytes: Buffer, at: number): PktRead {
  if (bytes.length < at + 4) return { kind: 'short', missing: at + 4 - bytes.length };
  const head = bytes.toString('latin1', at, at + 4);
  if (!/^[0-9a-f]{4}$/i.test(head)) return { kind: 'invalid' };
  const length = Number.parseInt(head, 16);
  if (length === 0) return { kind: 'read', pkt: { kind: 'flush' }, next: at + 4 };
  if (length < 3) return { kind: 'read', pkt: { kind: 'mark' }, next: at + 4 };
  if (length < 4 || length > longest) return { kind: 'invalid' };
  if (bytes.length < at + length) return { kind: 'short', missing: at + length - bytes.length };
  return { kind: 'read', pkt: { kind: 'line', bytes: bytes.subarray(at + 4, at + length) }, next: at + length };
}

/** A line as git sends it. */
export function pktLine(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes]);
}

export const flushPkt = '0000';

/** Bytes of the longest line, with its head. */
const longest = 65_520;
