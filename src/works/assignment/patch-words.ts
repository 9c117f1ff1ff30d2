import { fenced, inLine } from './markdown.ts';

/** Characters of a patch that are shown. */
const mostShown = 60_000;

/**
 * A patch in Markdown, file by file as far as there is room for whole ones, and what is left out by name. Of one that has
 * no room by itself the beginning is shown.
 */
export function patchWords(patch: string): readonly string[] {
  const files = patch.split(/(?=^diff --git )/m).filter((part) => part.trim() !== '');
  let room = mostShown;
  const [shown, left]: [string[], string[]] = [[], []];
  for (const file of files) {
    const fits = file.length <= room;
    if (fits) shown.push(file);
    else left.push(file);
    if (fits) room -= file.length;
  }
  const [first] = left;
  const begun = shown.length === 0 && first !== undefined ? [first.slice(0, mostShown)] : [];
  const names = left.map((file) => `${nameOf(file)} (${file.length} characters)`);
  const cut =
    left.length === 0 ? [] : [`Left out here for its length${begun.length === 0 ? '' : ', but for its beginning'}: ${names.join(', ')}.`];
  return [...cut, fenced([...shown, ...begun].join(''), 'diff')];
}

function nameOf(file: string): string {
  const [, path = 'a part without a name'] = /^diff --git \S+ b\/(.*)$/m.exec(file) ?? [];
  return `\`${inLine(path)}\``;
}
