import { isUtf8 } from 'node:buffer';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChangedFile } from '../../core/evidence/event.ts';
import type { Change } from '../../core/ports/forge.ts';
import type { Git } from './git/git.ts';
import type { Scratch } from './scratch.ts';

/** One entry of a comparison of trees, as an index takes it. */
export interface Entry {
  readonly path: string;
  /** Mode and object after the change; mode '000000' where the file is gone. */
  readonly mode: string;
  readonly object: string;
  readonly status: ChangedFile['status'];
}

/** A commit and the tree that was made of it. */
export interface Compared {
  readonly base: string;
  readonly tree: string;
}

const compare = ['diff-tree', '-r', '--no-renames', '--no-ext-diff', '--no-textconv', '--no-color'];
const asPatch = [...compare, '--patch', '--binary', '--full-index', '--src-prefix=a/', '--dst-prefix=b/'];

/** The change between a commit and a tree, with a patch that survives being kept as text. */
export async function changeBetween(git: Git, scratch: Scratch, compared: Compared): Promise<Change> {
  const out = await git.must([...compare, '--raw', '--no-abbrev', '--numstat', '-z', compared.base, compared.tree], scratch.options());
  const { entries, rest } = entriesIn(splitNul(out));
  if (entries.length === 0) return { patch: '', files: [] };
  const lines = new Map(rest.map(parseCount));
  const files = entries.map(({ path, status }) => ({ path, status, ...(lines.get(path) ?? { added: 0, removed: 0 }) }));
  return { patch: await patchBetween(git, scratch, { ...compared, entries }), files };
}

/** What differs between a commit and a tree, one entry per path, sorted as git sorts. */
export async function entriesBetween(git: Git, scratch: Scratch, compared: Compared): Promise<readonly Entry[]> {
  const out = await git.must([...compare, '--raw', '--no-abbrev', '-z', compared.base, compared.tree], scratch.options());
  return entriesIn(splitNul(out)).entries;
}

/** Entries come first, each of two fields, of which the first begins with a colon, as no line of a count does. */
function entriesIn(fields: readonly string[]): { readonly entries: readonly Entry[]; readonly rest: readonly string[] } {
  const entries: Entry[] = [];
  let at = 0;
  for (; fields[at]?.startsWith(':') === true; at += 2) {
    const [, mode = '', , object = '', letter = ''] = (fields[at] ?? '').split(' ');
    entries.push({ path: fields[at + 1] ?? '', mode, object, status: statusOf(letter) });
  }
  return { entries, rest: fields.slice(at) };
}

/** The tree of a commit with these entries in the place of its own. */
export async function treeWith(
  git: Git,
  scratch: Scratch,
  { base, entries }: { readonly base: string; readonly entries: readonly Entry[] },
): Promise<string> {
  await git.must(['read-tree', base], scratch.options());
  const input = entries.map(({ mode, object, path }) => `${mode} ${object}\t${path}\0`).join('');
  await git.must(['update-index', '-z', '--index-info'], { ...scratch.options(), input });
  return (await git.must(['write-tree'], scratch.options())).toString('utf8').trim();
}

function statusOf(letter: string): ChangedFile['status'] {
  if (letter === 'A') return 'added';
  return letter === 'D' ? 'deleted' : 'modified';
}

/** Binary files have no lines; git prints a dash. */
function parseCount(line: string): readonly [string, { readonly added: number; readonly removed: number }] {
  const [added = '', removed = '', ...path] = line.split('\t');
  return [path.join('\t'), { added: Number(added) || 0, removed: Number(removed) || 0 }];
}

async function patchBetween(git: Git, scratch: Scratch, compared: Compared & { readonly entries: readonly Entry[] }): Promise<string> {
  const { base, tree, entries } = compared;
  const whole = await git.must([...asPatch, base, tree], scratch.options());
  if (isUtf8(whole)) return whole.toString('utf8');
  // Text in another encoding would be damaged as a string; such files go as binary, file by file.
  const binary = join(scratch.folder, 'binary');
  await writeFile(binary, '* -diff\n');
  const parts: string[] = [];
  for (const { path } of entries) {
    const text = await git.must([...asPatch, base, tree, '--', path], scratch.options());
    const safe = isUtf8(text)
      ? text
      : await git.must(['-c', `core.attributesFile=${binary}`, ...asPatch, base, tree, '--', path], scratch.options());
    parts.push(safe.toString('utf8'));
  }
  return parts.join('');
}

/** Splits what git prints with -z. */
export function splitNul(out: Buffer): string[] {
  return out
    .toString('utf8')
    .split('\0')
    .filter((field) => field !== '');
}
