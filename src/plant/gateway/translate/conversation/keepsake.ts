import { z } from 'zod';
import { type Tongue, tongues } from '../protocol.ts';

/**
 * A thought as its maker gave it, to be handed back to the same maker byte for byte, and to nobody else. What holds it
 * travels through the caller as an opaque text in the place where the caller's API keeps such things, so that it outlives
 * this process and needs no table.
 */
export interface Keepsake {
  /** Who made it: only a upstream of the same family gets it back. */
  readonly family: string;
  /** The API whose form the data has. */
  readonly form: Tongue;
  readonly data: unknown;
}

const mark = 'jidoka-keep:';
/** Every packed text begins so: the mark in base64, whose length is a multiple of three. */
export const packedPrefix = Buffer.from(mark).toString('base64');

const Keepsakes = z.array(z.object({ f: z.string(), p: z.enum(tongues), d: z.unknown() }));

/** Writes keepsakes as one text, which is base64 because some clients decode what stands there. */
export function packed(keepsakes: readonly Keepsake[]): string {
  const content = JSON.stringify(keepsakes.map(({ family: f, form: p, data: d }) => ({ f, p, d })));
  return Buffer.from(`${mark}${content}`).toString('base64');
}

/** Reads a text that {@link packed} wrote; one of somebody else has no keepsakes. */
export function unpacked(text: string | null | undefined): readonly Keepsake[] {
  if (text == null || !text.startsWith(packedPrefix)) return [];
  const content = Buffer.from(text, 'base64').toString('utf8').slice(mark.length);
  const parsed = Keepsakes.safeParse(jsonIn(content));
  return parsed.success ? parsed.data.map(({ f, p, d }) => ({ family: f, form: p, data: d })) : [];
}

/** Whoever changed the text on its way loses the thought, not the conversation. */
function jsonIn(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return null;
  }
}
