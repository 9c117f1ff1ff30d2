import type { JobSeen } from '../../core/gateway/routing/features.ts';
import type { Seed } from '../../core/packet/seed.ts';
import { seedTitle } from '../../core/packet/title.ts';

/** What is seen of a job before a model is chosen for it: the words of its seed and of objections, and the files of its repository. */
export function jobSeen(words: readonly string[], files: readonly string[]): JobSeen {
  return { messages: words, toolCalls: [], repository: { files: files.length, languages: languagesOf(files) } };
}

/** The words that a seed came with. */
export function wordsOf(seed: Seed): readonly string[] {
  const told = seed.kind === 'ticket' || seed.kind === 'task' ? [seed.body] : seed.kind === 'advisory' ? [seed.advisory.details] : [];
  return [seedTitle(seed), ...told].filter((text) => text !== '');
}

/** Endings of files that are source, by language. */
const languages: Readonly<Record<string, readonly string[]>> = {
  javascript: ['js', 'mjs', 'cjs', 'jsx', 'ts', 'mts', 'cts', 'tsx'],
  python: ['py'],
  go: ['go'],
  rust: ['rs'],
  java: ['java', 'kt', 'scala'],
  ruby: ['rb'],
  php: ['php'],
  c: ['c', 'h', 'cc', 'cpp', 'hpp', 'm', 'mm'],
  csharp: ['cs', 'fs'],
  swift: ['swift'],
  shell: ['sh', 'bash'],
  web: ['css', 'scss', 'less', 'html', 'vue', 'svelte'],
};
const languageOf = new Map(Object.entries(languages).flatMap(([language, endings]) => endings.map((ending) => [ending, language])));

function languagesOf(files: readonly string[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const file of files) {
    const language = languageOf.get(/\.([a-z]+)$/.exec(file)?.[1] ?? '');
    if (language !== undefined) counts.set(language, (counts.get(language) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}
