/**
 * How long an upstream wants to be left alone, from its header `Retry-After`: seconds, or a date. A date is held against
 * the date of the same answer, so that its clock need not agree with ours. Null for what says nothing.
 *
 * @example
 * retryAfterMs('7', { date: null, now }); // 7000
 */
export function retryAfterMs(header: string | null, { date, now }: { readonly date: string | null; readonly now: number }): number | null {
  if (header === null) return null;
  const text = header.trim();
  if (/^\d{1,9}(?:\.\d{1,9})?$/.test(text)) return Math.min(Math.ceil(Number(text) * 1000), longestMs);
  const until = dateOf(text);
  return until === null ? null : Math.min(Math.max(0, until - ((date === null ? null : dateOf(date)) ?? now)), longestMs);
}

/** Whoever says more is asked again after a day all the same. */
const longestMs = 24 * 60 * 60 * 1000;

function dateOf(text: string): number | null {
  // Only what begins with a day of the week: the parser takes almost anything for a date.
  const at = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : at;
}
