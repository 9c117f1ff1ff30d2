/** A copy of the environment of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a variable says; an empty one counts as none. */
export function set(value: string | undefined): string | null {
  return value === undefined || value === '' ? null : value;
}
