import { stripVTControlCharacters } from 'node:util';
import picocolors from 'picocolors';
import type { Verdict } from '../../core/verdict/verdict.ts';
import type { Environment } from '../config.ts';
import type { Sink } from './world.ts';

/** Where text for people is laid out: its colours and its width. */
export interface Page {
  readonly paint: ReturnType<typeof picocolors.createColors>;
  /** Columns to fit into; Infinity where the reader is no terminal. */
  readonly width: number;
}

/** Lays out for a stream. NO_COLOR wins over FORCE_COLOR, and both over what the stream is. */
export function pageOf(sink: Sink, env: Environment): Page {
  return { paint: picocolors.createColors(colourful(sink, env)), width: sink.isTTY ? Math.max(sink.columns, 40) : Infinity };
}

function colourful(sink: Sink, env: Environment): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return sink.isTTY && env['TERM'] !== 'dumb';
}

/**
 * Makes text from outside harmless on a terminal: no escape sequences, control characters or text that turns
 * direction; one line.
 */
export function plain(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/\p{Cc}+/gu, ' ')
    .replaceAll(/[\u202A-\u202E\u2066-\u2069\u200B\u200E\u200F\uFEFF]/gu, '');
}

/** Cuts text to a width and shows that it was cut. */
export function fit(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** Writes a duration in milliseconds for people: '0.4 s', '12.3 s', '2 m 05 s'. */
export function duration(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} m ${String(seconds % 60).padStart(2, '0')} s`;
}

/** An ISO time to the minute, for people. */
export function minute(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}

/** A sign beside the word, so that a verdict can be told without colour. */
export function verdictMark(verdict: Verdict, { paint }: Page): string {
  const marks = {
    PR_READY: paint.green('✓ PR_READY'),
    NO_OP: paint.cyan('○ NO_OP'),
    ESCALATE: paint.yellow('! ESCALATE'),
    RETRYABLE_FAILURE: paint.red('↻ RETRYABLE_FAILURE'),
  };
  return marks[verdict];
}

/** Lays out names and values below each other, leaving out what is null. */
export function facts(rows: readonly (readonly [string, string | null])[], { paint }: Page): string[] {
  const shown = rows.flatMap(([name, value]) => (value === null ? [] : [{ name, value }]));
  const width = Math.max(0, ...shown.map(({ name }) => name.length));
  return shown.map(({ name, value }) => `  ${paint.dim(name.padEnd(width))}  ${value}`);
}
