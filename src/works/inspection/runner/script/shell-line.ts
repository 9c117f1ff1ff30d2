/** One word of a shell command. A quoted word is not expanded by the shell. */
export interface Word {
  readonly text: string;
  readonly quoted: boolean;
}

/** One simple command of a line. `after` is what stands before it: `a && b` gives b `&&`. */
export interface SimpleCommand {
  readonly words: readonly Word[];
  readonly after: '' | '&&' | '||' | ';' | '|' | '&';
  /** The command as it was written. */
  readonly source: string;
}

const token = /\s*(?:(&&|\|\||[;|&\n()])|(\d*(?:>>|>|<)(?:&\d|\s*[^\s;|&()]+)?)|((?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s;|&()<>'"\\])+))/gsy;

/**
 * Splits a shell line of a package script into simple commands; redirections are dropped and parentheses ignored.
 * Variables and command substitutions stay as they are written.
 *
 * @example
 * parseShellLine("xo && NODE_ENV=test mocha 'test/*.js'").map((command) => command.source); // ['xo', "NODE_ENV=test mocha 'test/*.js'"]
 */
export function parseShellLine(line: string): readonly SimpleCommand[] {
  const commands: SimpleCommand[] = [];
  let words: Word[] = [];
  let raw: string[] = [];
  let after: SimpleCommand['after'] = '';
  const finish = (operator: SimpleCommand['after']) => {
    if (words.length > 0) commands.push({ words, after, source: raw.join(' ') });
    if (words.length > 0 || commands.length > 0) after = operator;
    words = [];
    raw = [];
  };
  for (const [, operator, , word] of line.matchAll(token)) {
    if (operator !== undefined) finish(operators[operator] ?? ';');
    if (word === undefined) continue;
    words.push({ text: unquote(word), quoted: /['"\\]/.test(word) });
    raw.push(word);
  }
  finish('');
  return commands;
}

const operators: Readonly<Record<string, SimpleCommand['after']>> = { '&&': '&&', '||': '||', ';': ';', '|': '|', '&': '&' };

function unquote(word: string): string {
  return word.replaceAll(/'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/gs, (_, single?: string, double?: string, escaped?: string) => {
    if (single !== undefined) return single;
    if (double !== undefined) return double.replaceAll(/\\(["\\$`])/g, '$1');
    return escaped ?? '';
  });
}
