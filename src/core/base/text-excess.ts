const nestingAllowed = 64;
const indentAllowed = 256;

/** What makes a text too much for a parser, and where. */
export interface TextExcess {
  /** Characters before the place. */
  readonly offset: number;
  readonly message: string;
  readonly mend: string;
}

/**
 * Refuses what is too long or too deep before a parser of YAML or JSON takes it up: thousands of nested "- " or "[" exhaust
 * the stack within the parser, and where that happens inside of a regular expression the whole process ends.
 *
 * @example
 * excessOf('['.repeat(65), 1000)?.message; // 'It opens more than 64 brackets within each other.'
 */
export function excessOf(text: string, charactersAllowed: number): TextExcess | null {
  if (text.length > charactersAllowed)
    return { offset: 0, message: `It has ${text.length} characters, more than ${charactersAllowed}.`, mend: 'Make it shorter.' };
  const wide = /^[ \t?:-]{257}/m.exec(text);
  if (wide !== null)
    return {
      offset: wide.index,
      message: `A line begins with more than ${indentAllowed} blanks and dashes.`,
      mend: 'Nest it less deeply.',
    };
  const deep = tooDeep(text);
  return deep === null
    ? null
    : { offset: deep, message: `It opens more than ${nestingAllowed} brackets within each other.`, mend: 'Close them.' };
}

function tooDeep(text: string): number | null {
  let depth = 0;
  for (const { 0: sign, index } of text.matchAll(/[[\]{}]/g)) {
    depth = sign === '[' || sign === '{' ? depth + 1 : Math.max(0, depth - 1);
    if (depth > nestingAllowed) return index;
  }
  return null;
}
