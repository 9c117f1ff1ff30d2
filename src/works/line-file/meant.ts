import { nearest } from '../../core/base/nearest.ts';

/** What a person may have meant by a name that is none. */
export function meant(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return near === null ? `There are: ${known.join(', ') || 'none'}.` : `Did you mean "${near}"?`;
}
