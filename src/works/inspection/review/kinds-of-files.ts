import { globMatcher, type PatchFile } from '../scope/index.ts';
import { protectedPath } from '../sealed/index.ts';

const words = globMatcher(
  [
    '**/*.{md,markdown,mdown,rst,adoc,asciidoc}',
    '**/{LICENSE,LICENCE,COPYING,NOTICE,AUTHORS,CONTRIBUTORS,CHANGELOG,HISTORY}{,.txt}',
    'docs/**/*.txt',
  ],
  { ignoreCase: true },
);

/** Tells a file that holds words for people and nothing that any program of the project runs: plain text, by its place and its mode. */
export function isDocumentation({ path, from, oldMode, newMode, binary }: PatchFile): boolean {
  const plain = [oldMode, newMode].every((mode) => mode === null || mode === '100644');
  return plain && !binary && [path, ...(from === null ? [] : [from])].every((each) => protectedPath(each, null) === null && words(each));
}

/** Tells code of the project that is no test and configures none. */
export function isSource(path: string): boolean {
  return /(?<!\.d)\.(?:[cm]?js|[cm]?ts|jsx|tsx)$/i.test(path) && protectedPath(path, null) === null;
}

/** Tells tests and what they read: what is laid over the old source to see whether new tests fail there. */
export function isTestInput(path: string): boolean {
  const kind = protectedPath(path, null);
  return kind === 'test' || kind === 'fixture' || kind === 'snapshot' || kind === 'mock';
}

/** What a person has to read: what tools write is left out. */
export function isReviewable(path: string): boolean {
  return !/(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?)$|\.(?:snap|map)$|\.min\.[cm]?js$/.test(
    path,
  );
}
