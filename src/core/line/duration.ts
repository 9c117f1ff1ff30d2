const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Reads a duration that the line model has checked.
 *
 * @example
 * parseDuration('5m'); // 300000
 */
export function parseDuration(text: string): number {
  return Number.parseInt(text, 10) * (unitMs[text.at(-1) ?? 's'] ?? 1000);
}
