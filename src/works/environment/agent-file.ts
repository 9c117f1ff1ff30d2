import { z } from 'zod';
import { setupOf, wordsOf } from './commands.ts';
import { buildFile } from './dev-container.ts';
import { refusedBuildKeys } from './dev-container-keys.ts';
import { complain, jsonDocument, shaped, type Document } from './document.ts';
import { below, type RepositoryFiles } from './files.ts';
import { lookUp, shown, type Found } from './found.ts';

const AgentFile = z.looseObject({
  install: z.unknown().optional(),
  build: z.looseObject({ dockerfile: z.string().optional() }).optional(),
});

const reasons: Readonly<Record<string, string>> = {
  start: 'The factory starts no services beside a workspace.',
  terminals: 'The factory starts no services beside a workspace.',
  snapshot: 'It names a machine that somebody else keeps.',
  user: 'Commands run as the user of the floor.',
};

/** What the nearest `.cursor/environment.json` says: its install command, and the image it is built from. */
export async function agentFile(files: RepositoryFiles): Promise<Found | null> {
  for (const folder of files.folders) {
    const source = below(folder, '.cursor/environment.json');
    const text = await files.read(source);
    if (text !== null) return foundIn(await jsonDocument(source, text), folder, files);
  }
  return null;
}

function foundIn(document: Document, folder: string, files: RepositoryFiles): Found {
  const { install = null, build = {}, ...others } = shaped(document, AgentFile);
  const words = install === null ? null : wordsOf(install, (message) => complain(document, ['install'], message));
  const setup = setupOf(words === null ? [] : [{ what: 'install', words, cwd: folder }]);
  const file = build.dockerfile;
  const built = file === undefined ? null : buildFile(document, { file, path: ['build', 'dockerfile'] }, files);
  const unheeded = Object.keys(others).filter((key) => key !== 'name' && key !== '$schema');
  return {
    source: document.file,
    base: built?.base ?? { kind: 'host' },
    tools: {},
    setup: setup.setup.length === 0 ? null : setup.setup,
    env: {},
    refused: [
      ...(built?.refused ?? []),
      ...setup.refused,
      ...refusedBuildKeys(build),
      ...unheeded.map((key) => ({
        what: shown(key),
        why: lookUp(reasons, key) ?? 'The factory does not know it.',
      })),
    ],
  };
}
