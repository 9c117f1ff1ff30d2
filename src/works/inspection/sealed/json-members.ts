export type Members = Readonly<Record<string, unknown>>;

/** Reads a JSON object; null for any other text. */
export function readMembers(text: string): Members | null {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return isMembers(value) ? value : null;
  } catch {
    return null;
  }
}

export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
