export interface GlobOptions {
  /** For paths that must not be reached under another spelling on a file system that ignores case. */
  readonly ignoreCase: boolean;
}

/**
 * Makes a matcher for a list of globs: `**` for any folders, `*` and `?` within a name, `{a,b}` for a choice. Names
 * that begin with a dot match like any other, as a rule about what may be touched must see them.
 *
 * @example
 * globMatcher(['src/**', '*.{md,txt}'], { ignoreCase: false })('src/.hidden/a.ts'); // true
 */
export function globMatcher(globs: readonly string[], options: GlobOptions): (path: string) => boolean {
  const expressions = globs.flatMap(choicesOfFolders).map(expression);
  const pattern = new RegExp(`^(?:${expressions.join('|')})$`, options.ignoreCase ? 'iu' : 'u');
  return (path) => expressions.length > 0 && pattern.test(path);
}

/** Spreads out every `{a/b,c}` that reaches over folders; a choice within one name stays in its expression. */
function choicesOfFolders(glob: string): readonly string[] {
  const choice = /\{([^{}]*\/[^{}]*)\}/.exec(glob);
  if (choice?.[1] === undefined) return [glob];
  const head = glob.slice(0, choice.index);
  const tail = glob.slice(choice.index + choice[0].length);
  return choice[1].split(',').flatMap((one) => choicesOfFolders(`${head}${one}${tail}`));
}

function expression(glob: string): string {
  const segments = glob
    .replace(/^(?:\.?\/)+/, '')
    .replace(/\/$/, '/**')
    .split('/');
  const last = segments.length - 1;
  return segments.map((segment, index) => (segment === '**' ? anyFolders(index === last) : name(segment, index === last))).join('');
}

/** At the end `**` stands for everything below; before other segments for any number of folders, none included. */
function anyFolders(isLast: boolean): string {
  return isLast ? '.+' : '(?:[^/]+/)*';
}

function name(segment: string, isLast: boolean): string {
  let depth = 0;
  const body = segment.replaceAll(/\*+|[\\^$.|()[\]{}+?,]/g, (sign) => {
    if (sign === '{') depth += 1;
    if (sign === '}') depth -= 1;
    if (sign === ',') return depth > 0 ? '|' : ',';
    return signs[sign] ?? (sign.startsWith('*') ? '[^/]*' : `\\${sign}`);
  });
  return isLast ? body : `${body}/`;
}

const signs: Readonly<Record<string, string>> = { '{': '(?:', '}': ')', '?': '[^/]' };
