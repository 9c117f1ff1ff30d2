/**
 * An edit as a patch of whole lines, made from what a tool showed of the file; null where the text is not in it exactly once.
 *
 * @example
 * patchOf({ file: 'a.js', old: 'b', new: 'c' }, 'Output:\nlet a = b;\n'); // '*** Begin Patch\n…-let a = b;\n+let a = c;\n…'
 */
export function patchOf(edit: { file: string; old: string; new: string }, shown: string): string | null {
  // Lines are put in without their ends: an edit that takes one away cannot be said so.
  const endsLine = edit.old.endsWith('\n');
  if (endsLine && !edit.new.endsWith('\n')) return null;
  const [old, next] = endsLine ? [edit.old.slice(0, -1), edit.new.slice(0, -1)] : [edit.old, edit.new];
  const at = shown.indexOf(old);
  if (at === -1 || shown.indexOf(old, at + 1) !== -1) return null;
  const end = shown.indexOf('\n', at + old.length);
  const before = shown.slice(shown.lastIndexOf('\n', at) + 1, end === -1 ? shown.length : end);
  const after = before.replace(old, () => next);
  return [
    '*** Begin Patch',
    `*** Update File: ${edit.file}`,
    '@@',
    ...marked('-', before),
    ...marked('+', after),
    '*** End Patch',
    '',
  ].join('\n');
}

/** A new file as a patch. It ends with a line end, as every patch does. */
export function patchOfNew(file: string, text: string): string {
  return ['*** Begin Patch', `*** Add File: ${file}`, ...marked('+', text.replace(/\n$/, '')), '*** End Patch', ''].join('\n');
}

function marked(mark: string, text: string): readonly string[] {
  return text === ''
    ? []
    : text
        .replace(/\n$/, '')
        .split('\n')
        .map((line) => `${mark}${line}`);
}
