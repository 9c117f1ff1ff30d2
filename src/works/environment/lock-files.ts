import { below, type RepositoryFiles } from './files.ts';
import type { Found, Refusal, SetupCommand, Words } from './found.ts';

/** A file that says which packages are installed, and the usual command that installs them. */
interface Choice {
  readonly name: string;
  readonly words: Words;
}

/** Of each language the first that is there. */
const languages: readonly (readonly Choice[])[] = [
  [
    { name: 'package-lock.json', words: ['npm', 'ci'] },
    { name: 'npm-shrinkwrap.json', words: ['npm', 'ci'] },
    { name: 'pnpm-lock.yaml', words: ['pnpm', 'install', '--frozen-lockfile'] },
    { name: 'yarn.lock', words: ['yarn', 'install', '--frozen-lockfile'] },
    { name: 'bun.lock', words: ['bun', 'install', '--frozen-lockfile'] },
    { name: 'bun.lockb', words: ['bun', 'install', '--frozen-lockfile'] },
  ],
  [
    { name: 'uv.lock', words: ['uv', 'sync', '--frozen'] },
    { name: 'poetry.lock', words: ['poetry', 'install', '--no-interaction'] },
    { name: 'requirements.txt', words: ['pip', 'install', '-r', 'requirements.txt'] },
  ],
  [{ name: 'Cargo.lock', words: ['cargo', 'fetch', '--locked'] }],
  [{ name: 'go.sum', words: ['go', 'mod', 'download'] }],
];

const withoutLock: Choice = { name: 'package.json', words: ['npm', 'install', '--no-audit', '--no-fund'] };

/** What the lockfiles of a project imply, of each language one; null where there is none. */
export async function lockFiles(
  files: RepositoryFiles,
): Promise<(Pick<Found, 'source' | 'refused'> & { setup: readonly SetupCommand[] }) | null> {
  const found = languages.flatMap((choices) => nearest(choices, files) ?? []);
  const manifest = found.some(({ choice }) => languages[0]?.includes(choice)) ? null : nearest([withoutLock], files);
  const all = manifest === null ? found : [manifest, ...found];
  const [first] = all;
  if (first === undefined) return null;
  const setup: SetupCommand[] = [];
  for (const { choice, folder } of all) setup.push({ words: await wordsFor(choice, folder, files), cwd: folder, network: 'registry' });
  return { source: below(first.folder, first.choice.name), setup, refused: all.flatMap(({ refused }) => refused) };
}

interface Nearest {
  readonly choice: Choice;
  readonly folder: string;
  readonly refused: readonly Refusal[];
}

function nearest(choices: readonly Choice[], files: RepositoryFiles): Nearest | null {
  for (const folder of files.folders) {
    const [choice, ...others] = choices.filter(({ name }) => files.has(below(folder, name)));
    if (choice === undefined) continue;
    const foreign = others.filter(({ words }) => words[0] !== choice.words[0]);
    const why = `${below(folder, choice.name)} is installed instead.`;
    return { choice, folder, refused: foreign.map(({ name }) => ({ what: below(folder, name), why })) };
  }
  return null;
}

/** Yarn's newer lockfiles are YAML, and its newer versions call the option otherwise. */
async function wordsFor({ name, words }: Choice, folder: string, files: RepositoryFiles): Promise<Words> {
  const isNewYarn = name === 'yarn.lock' && /^__metadata:/m.test(await files.begin(below(folder, name)));
  return isNewYarn ? ['yarn', 'install', '--immutable'] : words;
}
