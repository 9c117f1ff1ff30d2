import { protectedPath } from '../sealed/index.ts';
import type { Outline, OutlinedTest } from '../tamper/index.ts';

/** What a repository has at its base, to tell its own code from that of its tests. */
export interface Subject {
  /** All paths, from the root. */
  readonly files: ReadonlySet<string>;
  /** Name of the package, as its own tests may load it; null where it has none. */
  readonly name: string | null;
}

/** Names of a file that stand for code of the repository, or come of it. */
export function namesOfSubject(path: string, outline: Outline, subject: Subject): ReadonlySet<string> {
  const reached = new Set([...outline.imports].flatMap(([name, module]) => (isOfSubject(path, module, subject) ? [name] : [])));
  // A program that is started, a page that is asked for: whoever is given its path.
  const launchers = outline.strings.some((text) => !outline.modules.includes(text) && isPathOfSubject(text, subject))
    ? [...outline.imports].flatMap(([name, module]) => (startsPrograms.test(module) ? [name] : []))
    : [];
  for (const name of launchers) reached.add(name);
  for (let size = -1; size !== reached.size;) {
    size = reached.size;
    for (const { name, uses } of outline.definitions) if (uses.some((used) => reached.has(used))) reached.add(name);
  }
  return reached;
}

const startsPrograms = /^(?:node:)?(?:child_process|worker_threads)$|^(?:execa|cross-spawn)$/;

/** Whether something that a test asserts depends on the subject. */
export function reaches({ assertions }: Pick<OutlinedTest, 'assertions'>, names: ReadonlySet<string>): boolean {
  return assertions.some((assertion) => assertion.names.some((name) => names.has(name)));
}

function isOfSubject(from: string, module: string, { files, name }: Subject): boolean {
  if (name !== null && (module === name || module.startsWith(`${name}/`))) return true;
  if (!module.startsWith('.')) return false;
  const target = resolved(from, module);
  const candidates = [target, ...extensions.map((extension) => `${target}${extension}`), ...indexes.map((index) => join(target, index))];
  // A test of TypeScript names the file that its source becomes.
  const sources = candidates.map((path) => path.replace(/\.(c|m)?js(x?)$/, '.$1ts$2'));
  return [...candidates, ...sources].some((path) => files.has(path) && protectedPath(path, null) === null);
}

const extensions = ['.js', '.ts', '.mjs', '.cjs', '.mts', '.cts', '.jsx', '.tsx', '.json'];
const indexes = ['index.js', 'index.ts', 'index.mjs', 'index.cjs'];

function isPathOfSubject(text: string, { files }: Subject): boolean {
  const path = text.replace(/^(?:\.{1,2}\/)+/, '');
  return (
    path.includes('.') && [...files].some((file) => (file === path || file.endsWith(`/${path}`)) && protectedPath(file, null) === null)
  );
}

function resolved(from: string, module: string): string {
  const parts = from.split('/').slice(0, -1);
  for (const part of module.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

function join(folder: string, file: string): string {
  return folder === '' ? file : `${folder}/${file}`;
}
