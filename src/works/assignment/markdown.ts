/** Puts foreign text between fences that it cannot close, without what no reader sees. */
export function fenced(text: string, kind: string): string {
  const clean = visible(text);
  const longest = Math.max(2, ...[...clean.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${kind}\n${clean.trimEnd()}\n${fence}`;
}

/** Puts foreign text on one line, without what Markdown would read as structure. */
export function inLine(text: string): string {
  return visible(text)
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[`<]/g, (sign) => (sign === '<' ? '&lt;' : "'"))
    .trim();
}

export function listOf(title: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [`- ${title}: ${items.map((item) => `\`${inLine(item)}\``).join(', ')}`];
}

/** Text whose order on a screen is that of its letters: no marks that turn or hide it. */
function visible(text: string): string {
  return text.replaceAll(/[\u0000-\u0008\u000B-\u001F\u007F\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF\u{E0000}-\u{E007F}]/gu, '');
}
