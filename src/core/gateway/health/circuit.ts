import { z } from 'zod';
import { mixed, nextFirstContentMs, nextTokenMs } from './speed.ts';

const Millis = z.number();

/**
 * The health of one upstream: whether requests go there, and what was seen of it. Times are milliseconds of whatever clock
 * the caller keeps to.
 */
export const Circuit = z.strictObject({
  /** `closed`: requests flow; `open`: none do until a time; `half-open`: one at a time is tried. */
  phase: z.enum(['closed', 'open', 'half-open']),
  /** When an open circuit is tried again. */
  until: Millis,
  /** When the probe that is under way counts as lost. */
  probeUntil: Millis.nullable(),
  /** How often it opened in a row without a success between. */
  opened: z.int().min(0),
  /** Share of failures, newer ones weighing more. */
  errors: z.number().min(0).max(1),
  /** Milliseconds to the first content, newer ones weighing more; null before the first. */
  firstContentMs: z.number().min(0).nullable(),
  /** Milliseconds that it takes to write a token, newer ones weighing more; null before the first answer that tells. */
  tokenMs: z.number().min(0).nullable(),
  /** How many results went into it. */
  seen: z.int().min(0),
});
export type Circuit = z.infer<typeof Circuit>;

export const healthy: Circuit = {
  phase: 'closed',
  until: 0,
  probeUntil: null,
  opened: 0,
  errors: 0,
  firstContentMs: null,
  tokenMs: null,
  seen: 0,
};

const errorsThatOpen = 0.5;
/** Fewer results than this open nothing: one failure is no trend. */
const leastSeen = 4;
const shortestOpenMs = 5_000;
const longestOpenMs = 5 * 60_000;
const probeMs = 60_000;

/** Whether a request may go there now; a `probe` is one that decides for those after it. */
export function admit(circuit: Circuit, now: number): { readonly admitted: 'yes' | 'probe' | 'no'; readonly circuit: Circuit } {
  if (circuit.phase === 'closed') return { admitted: 'yes', circuit };
  const isFree = circuit.phase === 'open' ? now >= circuit.until : circuit.probeUntil === null || now >= circuit.probeUntil;
  if (!isFree) return { admitted: 'no', circuit };
  return { admitted: 'probe', circuit: { ...circuit, phase: 'half-open', probeUntil: now + probeMs } };
}

/**
 * Takes down that it answered, how soon its first content came, how many tokens it wrote, and in how many milliseconds from there on: 0 for
 * an answer in one piece.
 */
export function answered(circuit: Circuit, firstMs: number, tokens = 0, writingMs = 0): Circuit {
  const firstContentMs = nextFirstContentMs(circuit, firstMs, tokens, writingMs);
  const tokenMs = nextTokenMs(circuit.tokenMs, tokens, writingMs);
  // What was under way when it opened, or was asked for rest, does not let others in.
  if (circuit.phase === 'open') return { ...circuit, firstContentMs, tokenMs };
  const isOver = circuit.phase !== 'closed';
  return {
    phase: 'closed',
    until: 0,
    probeUntil: null,
    opened: 0,
    errors: isOver ? 0 : mixed(circuit.errors, 0),
    firstContentMs,
    tokenMs,
    seen: isOver ? 1 : circuit.seen + 1,
  };
}

/** Takes down that it failed: after too many the circuit opens, for twice as long each time. */
export function failed(circuit: Circuit, now: number): Circuit {
  // What was under way when it opened says nothing new.
  if (circuit.phase === 'open') return circuit;
  const after = { ...circuit, errors: mixed(circuit.errors, 1), seen: circuit.seen + 1, probeUntil: null };
  const opens = circuit.phase === 'half-open' || (after.seen >= leastSeen && after.errors >= errorsThatOpen);
  if (!opens) return after;
  return {
    ...after,
    phase: 'open',
    until: now + Math.min(shortestOpenMs * 2 ** circuit.opened, longestOpenMs),
    opened: circuit.opened + 1,
  };
}

/** It asked to be left alone: no fault of its health, and nobody goes there before. */
export function rested(circuit: Circuit, until: number): Circuit {
  return { ...circuit, phase: 'open', until: Math.max(until, circuit.phase === 'open' ? circuit.until : 0), probeUntil: null };
}
