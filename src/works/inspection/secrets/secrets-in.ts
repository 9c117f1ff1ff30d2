import { mayHold, secretShapes } from '../../../core/base/secret-shapes.ts';

/** Where a text holds a secret; `line` counts from 0. */
export interface SecretPlace {
  readonly kind: string;
  readonly line: number;
}

/**
 * Finds secrets in a text: the shapes that give themselves away, then values that their place makes suspicious and
 * that are too random for a word or a stand-in.
 */
export function secretsIn(text: string, options: { readonly shapesOnly: boolean }): readonly SecretPlace[] {
  const certain = secretShapes
    .filter((shape) => (shape.certain || !options.shapesOnly) && mayHold(text, shape))
    .flatMap(({ kind, pattern, certain: sure }) =>
      [...text.matchAll(pattern)]
        .filter((match) => sure || looksRandom(valueOf(match)))
        .map((match) => ({ kind, line: lineOf(text, match.index) })),
    );
  const keys = [...text.matchAll(/-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY/g)].map((match) => ({
    kind: 'private-key',
    line: lineOf(text, match.index),
  }));
  const named = options.shapesOnly ? [] : namedValues(text);
  return onePerLine([...certain, ...keys, ...named]);
}

/** A literal given to a name that speaks of a secret: `apiKey: '…'`, `DB_PASSWORD="…"`. */
const assignment =
  /(?<![A-Za-z0-9])(?<name>[A-Za-z0-9_.-]{0,60}(?:secret|token|passw(?:or)?d|api[_-]?key|access[_-]?key|private[_-]?key|credential)[A-Za-z0-9_-]{0,30})["'`]?\s{0,4}(?::|=>?)\s{0,4}(?:"(?<a>[^"\s]{16,200})"|'(?<b>[^'\s]{16,200})'|`(?<c>[^`\s]{16,200})`|(?<d>[A-Za-z0-9+/=_-]{16,200})\s*$)/gim;

function namedValues(text: string): readonly SecretPlace[] {
  return [...text.matchAll(assignment)]
    .filter((match) => looksRandom(valueOf(match)))
    .map((match) => ({ kind: 'random-value', line: lineOf(text, match.index) }));
}

function valueOf(match: RegExpExecArray): string {
  const { keep, a, b, c, d } = match.groups ?? {};
  return a ?? b ?? c ?? d ?? match[0].slice(keep?.length ?? 0);
}

/**
 * Tells what a generator made from what a person wrote: letters and digits without words, dashes of a path or a
 * template, near the entropy that their alphabet allows. 3.2 bits per character lies above every English word of 16
 * letters and below hex keys of that length.
 */
function looksRandom(value: string): boolean {
  if (value.length < 16 || !/\d/.test(value) || !/[A-Za-z]/.test(value)) return false;
  if (/^[$<{]|\$\{|\{\{|:\/\/|^(?:\.{0,2}\/|process\.|env\.)|example|dummy|changeme|placeholder|your[_-]/i.test(value)) return false;
  // A long run of lower-case letters between separators is a word; a key has none.
  const letters = value.match(/[a-z]{5,}/g)?.join('').length ?? 0;
  return letters < value.length / 3 && entropy(value) >= 3.2;
}

/** Shannon entropy in bits per character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return [...counts.values()].reduce((bits, count) => bits - (count / text.length) * Math.log2(count / text.length), 0);
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split('\n').length - 1;
}

function onePerLine(places: readonly SecretPlace[]): readonly SecretPlace[] {
  const byLine = new Map<number, SecretPlace>();
  for (const place of places) if (!byLine.has(place.line)) byLine.set(place.line, place);
  return [...byLine.values()].sort((left, right) => left.line - right.line);
}
