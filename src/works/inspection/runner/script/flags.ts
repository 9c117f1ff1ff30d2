import type { Word } from './shell-line.ts';

/** Flags of a command line by whether the next word belongs to them. Names without '='. */
export interface FlagTable {
  readonly alone: readonly string[];
  readonly valued: readonly string[];
}

/**
 * Takes flags out of an argument list, in the forms `--flag`, `--flag=value`, `--flag value`, `--flag.part` and `--no-flag`.
 *
 * @example
 * dropFlags(words(['--bail', '-R', 'dot', 'test']), { alone: ['--bail'], valued: ['-R'] }); // test
 */
export function dropFlags(args: readonly Word[], drop: FlagTable): readonly Word[] {
  const kept: Word[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at];
    if (word === undefined) break;
    const [whole = '', value] = split(word.text);
    // `--coverage.enabled` is a part of `--coverage`.
    const name = whole.replace(/^(--[\w-]+)\..*$/, '$1');
    if (drop.alone.includes(name) || drop.alone.includes(name.replace(/^--no-/, '--'))) {
      if (value === undefined && /^(\d+|true|false)$/.test(args[at + 1]?.text ?? '')) at += 1;
    } else if (drop.valued.includes(name)) {
      if (value === undefined) at += 1;
    } else kept.push(word);
  }
  return kept;
}

/** Tells flags (with their values) from what is left: files, folders, globs, patterns. */
export function partArgs(
  args: readonly Word[],
  valued: readonly string[],
): { readonly flags: readonly Word[]; readonly specs: readonly Word[] } {
  const flags: Word[] = [];
  const specs: Word[] = [];
  let literal = false;
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at];
    if (word === undefined) break;
    if (word.text === '--' && !literal) literal = true;
    else if (literal || !word.text.startsWith('-') || word.text === '-') specs.push(word);
    else {
      flags.push(word);
      const [name = '', value] = split(word.text);
      const next = args[at + 1];
      if (value !== undefined || next === undefined || !valued.includes(name)) continue;
      flags.push(next);
      at += 1;
    }
  }
  return { flags, specs };
}

function split(text: string): readonly string[] {
  const equals = text.startsWith('-') ? text.indexOf('=') : -1;
  return equals === -1 ? [text] : [text.slice(0, equals), text.slice(equals + 1)];
}
