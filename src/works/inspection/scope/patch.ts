/** One file of a `git diff --binary` patch. */
export interface PatchFile {
  /** Path after the change; the old path where the file was deleted. */
  readonly path: string;
  /** Old path of a rename or copy, else null. */
  readonly from: string | null;
  readonly status: 'added' | 'modified' | 'deleted';
  /** Git modes where the patch names them: 100644, 100755, 120000 (symbolic link), 160000 (submodule). */
  readonly oldMode: string | null;
  readonly newMode: string | null;
  readonly binary: boolean;
  readonly added: readonly AddedLine[];
}

/** A line that the change adds, with its number after the change. */
export interface AddedLine {
  readonly line: number;
  readonly text: string;
}

/** Reads a git patch into its files; text that belongs to no file is passed over. */
export function readPatch(patch: string): readonly PatchFile[] {
  const reader: Reader = { lines: patch.split('\n'), at: 0 };
  const files: PatchFile[] = [];
  while (reader.at < reader.lines.length) {
    const line = take(reader);
    if (line.startsWith('diff --git ')) files.push(readFile(reader, line));
  }
  return onePerPath(files);
}

/** Git writes a file that becomes a link (or the reverse) as deleted and added: one file, of another mode. */
function onePerPath(files: readonly PatchFile[]): readonly PatchFile[] {
  const byPath = new Map<string, PatchFile>();
  for (const file of files) {
    const other = byPath.get(file.path);
    byPath.set(file.path, other === undefined ? file : merged(other, file));
  }
  return [...byPath.values()];
}

function merged(first: PatchFile, second: PatchFile): PatchFile {
  const [gone, come] = first.status === 'deleted' ? [first, second] : [second, first];
  return {
    ...come,
    status: gone.status === 'deleted' ? 'modified' : come.status,
    oldMode: gone.oldMode,
    added: [...first.added, ...second.added],
  };
}

interface Reader {
  readonly lines: readonly string[];
  at: number;
}

function readFile(reader: Reader, first: string): PatchFile {
  const header = readHeader(reader);
  const status = header.has('deleted file mode ') ? 'deleted' : header.has('new file mode ') ? 'added' : 'modified';
  const before = namedPath(header, ['rename from ', 'copy from '], ['--- ', 'a/']);
  const after = namedPath(header, ['rename to ', 'copy to '], ['+++ ', 'b/']);
  const path = (status === 'deleted' ? before : after) ?? samePath(first);
  return {
    path,
    from: before === path ? null : before,
    status,
    ...modes(header),
    binary: header.has('GIT binary patch') || header.has('Binary files '),
    added: readHunks(reader),
  };
}

type Header = ReadonlyMap<string, string>;

function namedPath(header: Header, words: readonly string[], [side, prefix]: readonly [string, string]): string | null {
  const moved = words.map((word) => header.get(word)).find((path) => path !== undefined);
  if (moved !== undefined) return moved;
  const path = header.get(side)?.replace(/\t$/, '');
  return path?.startsWith(prefix) === true ? path.slice(prefix.length) : null;
}

function modes(header: Header): Pick<PatchFile, 'oldMode' | 'newMode'> {
  const both = header.get('index ')?.split(' ')[1] ?? null;
  return {
    oldMode: header.get('old mode ') ?? header.get('deleted file mode ') ?? both,
    newMode: header.get('new mode ') ?? header.get('new file mode ') ?? both,
  };
}

const headerWords = [
  'old mode ',
  'new mode ',
  'new file mode ',
  'deleted file mode ',
  'rename from ',
  'rename to ',
  'copy from ',
  'copy to ',
  'similarity index ',
  'dissimilarity index ',
  'index ',
  '--- ',
  '+++ ',
  'GIT binary patch',
  'Binary files ',
];

function readHeader(reader: Reader): Header {
  const header = new Map<string, string>();
  for (;;) {
    const line = reader.lines[reader.at] ?? '';
    const word = headerWords.find((candidate) => line.startsWith(candidate));
    if (word === undefined) return header;
    header.set(word, unquote(line.slice(word.length)));
    reader.at += 1;
  }
}

function readHunks(reader: Reader): readonly AddedLine[] {
  const added: AddedLine[] = [];
  for (;;) {
    const hunk = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(reader.lines[reader.at] ?? '');
    if (hunk === null) return added;
    reader.at += 1;
    added.push(...readHunk(reader, Number(hunk[1] ?? 1), Number(hunk[2]), Number(hunk[3] ?? 1)));
  }
}

// Lines are counted, not recognised: a line of a hunk may look like the header of another file.
function readHunk(reader: Reader, oldLines: number, firstLine: number, newLines: number): readonly AddedLine[] {
  const added: AddedLine[] = [];
  let oldLeft = oldLines;
  let newLeft = newLines;
  while ((oldLeft > 0 || newLeft > 0) && reader.at < reader.lines.length) {
    const line = take(reader);
    if (line.startsWith('+')) added.push({ line: firstLine + newLines - newLeft, text: line.slice(1) });
    if (!line.startsWith('+') && !line.startsWith('\\')) oldLeft -= 1;
    if (!line.startsWith('-') && !line.startsWith('\\')) newLeft -= 1;
  }
  if (reader.lines[reader.at]?.startsWith('\\') === true) reader.at += 1;
  return added;
}

function take(reader: Reader): string {
  const line = reader.lines[reader.at] ?? '';
  reader.at += 1;
  return line;
}

/** The path of a file that keeps its name and has neither hunks nor a rename: `diff --git a/X b/X`. */
function samePath(first: string): string {
  const both = first.slice('diff --git '.length);
  if (both.startsWith('"')) return unquote(both.slice(0, both.indexOf('" ') + 1)).slice(2);
  return both.slice(2, 2 + (both.length - 5) / 2);
}

/** Undoes git's quoting of unusual paths: "a/\303\244.txt". */
function unquote(text: string): string {
  if (!text.startsWith('"') || !text.endsWith('"') || text.length < 2) return text;
  const bytes: number[] = [];
  for (const [part, octal, escaped] of text.slice(1, -1).matchAll(/\\([0-7]{3})|\\(.)|[^\\]+/g)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else bytes.push(...new TextEncoder().encode(escaped === undefined ? part : (escapes[escaped] ?? escaped)));
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\u0007', b: '\b', f: '\f', v: '\v' };
