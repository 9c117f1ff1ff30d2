/**
 * Makes a test of paths from a glob: `*`, `**`, `?`, `[ab]`, `{a,b}` and the extended forms `@(a|b)`, `?(a)`, `*(a)`,
 * `+(a)`; `!(a)` within one folder name. A name that starts with a dot matches only a pattern that does too.
 *
 * @example
 * globMatcher('test/**\/*.{js,ts}')('test/a/b.ts'); // true
 */
export function globMatcher(pattern: string): (path: string) => boolean {
  const source = translate(pattern.replace(/^\.\//, ''));
  const regexp = compiled(source);
  const dots = /(^|\/)\./.test(pattern.replace(/^\.\//, ''));
  return (path) => (dots || !/(^|\/)\.(?!\/)/.test(path)) && regexp.test(path);
}

export function isGlob(text: string): boolean {
  return /[*?{[]|[!@+]\(/.test(text);
}

/** A glob that cannot be understood matches nothing, as a shell would have it. */
function compiled(source: string): RegExp {
  try {
    return new RegExp(`^${source}$`);
  } catch {
    return /(?!)/;
  }
}

const part = /\*\*\/|\/\*\*$|\*\*|([@?*+!])\(([^()]*)\)|\*|\?|\[[^\]]+\]|\{([^{}]*)\}|[^*?[{]/gs;

function translate(pattern: string): string {
  return pattern.replaceAll(part, (text: string, kind?: string, group?: string, braces?: string) => {
    if (kind !== undefined && group !== undefined) return extended(kind, group);
    if (braces !== undefined) return alternatives(braces.split(','));
    if (text === '**/') return '(?:[^/]+/)*';
    if (text === '/**') return '(?:/.+)?';
    if (text === '**') return '.*';
    if (text === '*') return '[^/]*';
    if (text === '?') return '[^/]';
    if (text.startsWith('[')) return text.replace(/^\[!/, '[^');
    return text.replaceAll(/[.+^$()|\\]/g, String.raw`\$&`);
  });
}

function extended(kind: string, group: string): string {
  const inner = alternatives(group.split('|'));
  if (kind === '!') return `(?!${inner}(?:/|$))[^/]*`;
  return kind === '@' ? inner : `${inner}${kind}`;
}

function alternatives(options: readonly string[]): string {
  return `(?:${options.map(translate).join('|')})`;
}
