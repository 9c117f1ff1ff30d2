import { z } from 'zod';
import { ImageName } from '../../core/environment/environment-spec.ts';
import { setupOf, wordsOf, type Asked } from './commands.ts';
import { refusedBuildKeys, refusedKeys } from './dev-container-keys.ts';
import { knowingFolder, notPlain } from './dev-container-variables.ts';
import { complain, jsonDocument, shaped, type Document } from './document.ts';
import { below, inside, type RepositoryFiles } from './files.ts';
import { shown, type Found, type Refusal } from './found.ts';
import { plainVariables } from './variables.ts';

const DevContainer = z.looseObject({
  image: z.string().optional(),
  build: z.looseObject({ dockerfile: z.string().optional() }).optional(),
  /** As `build.dockerfile` was called before. */
  dockerFile: z.string().optional(),
  containerEnv: z.record(z.string(), z.unknown()).optional(),
  remoteEnv: z.record(z.string(), z.unknown()).optional(),
});
type DevContainer = z.infer<typeof DevContainer>;

/** In the order in which they are run. */
const setupKeys = ['onCreateCommand', 'updateContentCommand', 'postCreateCommand'];

/** What the nearest definition of a development container says, https://containers.dev. */
export async function devContainer(files: RepositoryFiles): Promise<Found | null> {
  for (const folder of files.folders) {
    for (const name of ['.devcontainer/devcontainer.json', '.devcontainer.json']) {
      const source = below(folder, name);
      const text = await files.read(source);
      if (text !== null) return foundIn(await jsonDocument(source, text), folder, files);
    }
  }
  return null;
}

function foundIn(document: Document, folder: string, files: RepositoryFiles): Found {
  const container = shaped(document, DevContainer);
  const base = baseOf(document, container, files);
  const setup = setupFor(document, container, folder);
  const variables = (['containerEnv', 'remoteEnv'] as const).map((key) =>
    plainVariables(container[key] ?? {}, { document, path: [key], notPlain }),
  );
  const refused = [base, setup, ...variables].flatMap((part) => part.refused);
  return {
    source: document.file,
    base: base.base,
    tools: {},
    setup: setup.setup.length === 0 ? null : setup.setup,
    env: Object.assign({}, ...variables.map(({ env }) => env)),
    refused: [...refused, ...refusedBuildKeys(container.build ?? {}), ...refusedKeys(container)],
  };
}

type Based = Pick<Found, 'base' | 'refused'>;

function baseOf(document: Document, { image, build, dockerFile }: DevContainer, files: RepositoryFiles): Based {
  const file = build?.dockerfile ?? dockerFile;
  if (file !== undefined) {
    const key = build?.dockerfile === undefined ? 'dockerFile' : 'build.dockerfile';
    return buildFile(document, { file, path: key.split('.') }, files);
  }
  if (image === undefined) return { base: { kind: 'host' }, refused: [] };
  const why = notPlain(image);
  if (why !== null) return { base: { kind: 'host' }, refused: [{ what: 'image', why }] };
  const parsed = ImageName.safeParse(image);
  if (!parsed.success) throw complain(document, ['image'], 'It is no name of an image.', 'Write it as a registry of images has it.');
  return { base: { kind: 'image', image: parsed.data }, refused: [] };
}

interface BuildFile {
  readonly file: string;
  readonly path: readonly string[];
}

/** The file of the repository that an image is to be built from. Throws `environment-invalid` where it is not there. */
export function buildFile(document: Document, { file, path }: BuildFile, files: RepositoryFiles): Based {
  const refuse = (why: string): Based => ({ base: { kind: 'host' }, refused: [{ what: path.join('.'), why }] });
  const why = notPlain(file);
  if (why !== null) return refuse(why);
  const found = inside(document.file.slice(0, Math.max(0, document.file.lastIndexOf('/'))), file);
  if (found === null) return refuse('It leads out of the repository.');
  if (files.has(found)) return { base: { kind: 'dockerfile', path: found }, refused: [] };
  throw complain(document, path, `There is no ${found} at the base commit.`, 'Commit it, or write its path from the folder of this file.');
}

function setupFor(document: Document, container: DevContainer, folder: string): ReturnType<typeof setupOf> {
  const asked: Asked[] = [];
  const refused: Refusal[] = [];
  for (const { what, path, value } of setupKeys.flatMap((key) => commandsAt(key, container[key]))) {
    const words = wordsOf(typeof value === 'string' ? knowingFolder(value) : value, (message) => complain(document, path, message));
    if (words === null) continue;
    const why = notPlain(words.join(' '));
    if (why === null) asked.push({ what, words, cwd: folder });
    else refused.push({ what, why });
  }
  const setup = setupOf(asked);
  return { ...setup, refused: [...refused, ...setup.refused] };
}

/** A command, or several by name. */
function commandsAt(key: string, value: unknown): { what: string; path: readonly string[]; value: unknown }[] {
  if (value === undefined || value === null) return [];
  if (typeof value !== 'object' || Array.isArray(value)) return [{ what: key, path: [key], value }];
  return Object.entries(value).map(([name, one]) => ({ what: `${key}.${shown(name)}`, path: [key, name], value: one }));
}
