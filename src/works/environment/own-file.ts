import { z } from 'zod';
import { environmentLimits, ImageName, ToolName, ToolVersion } from '../../core/environment/environment-spec.ts';
import { wordsOf, setupOf, type Asked } from './commands.ts';
import { complain, shaped, yamlDocument, type Document } from './document.ts';
import { below, type RepositoryFiles } from './files.ts';
import type { Found } from './found.ts';
import { plainVariables } from './variables.ts';

/** What `.jidoka/factory.yaml` may say. */
const FactoryFile = z.strictObject({
  environment: z
    .strictObject({
      image: ImageName.optional(),
      tools: z.record(ToolName, z.union([ToolVersion, z.int()], { error: 'It is no version; write a text, such as "20"' })).optional(),
      setup: z.array(z.unknown()).max(environmentLimits.commands).optional(),
      env: z.record(z.string(), z.string({ error: 'It is no text; write it in quotes' })).optional(),
    })
    .nullish(),
  /** Of the owner's own file, and read there alone: a repository says nothing of keys and where they are sent. */
  gateway: z.unknown().optional(),
});

const mend = 'It takes environment: with image, tools, setup and env; docs/ENVIRONMENT.md has an example.';

/** What the project says to the factory itself, in the nearest `.jidoka/factory.yaml` with an environment. */
export async function ownFile(files: RepositoryFiles): Promise<Found | null> {
  for (const folder of files.folders) {
    const source = below(folder, '.jidoka/factory.yaml');
    const text = await files.read(source);
    const document = text === null ? null : await yamlDocument(source, text);
    const found = document === null || document.value === null ? null : foundIn(document, folder);
    if (found !== null) return found;
  }
  return null;
}

function foundIn(document: Document, folder: string): Found | null {
  const { environment } = shaped(document, FactoryFile, mend);
  if (environment == null) return null;
  const { image, tools = {}, setup, env = {} } = environment;
  const commands = setup === undefined ? null : setupOf(setup.flatMap((command, at) => asked(document, command, { at, folder })));
  const variables = plainVariables(env, { document, path: ['environment', 'env'], notPlain: () => null });
  return {
    source: document.file,
    base: image === undefined ? { kind: 'host' } : { kind: 'image', image },
    tools: Object.fromEntries(Object.entries(tools).map(([tool, version]) => [tool, String(version)])),
    setup: commands?.setup ?? null,
    env: variables.env,
    refused: [...(commands?.refused ?? []), ...variables.refused],
  };
}

function asked(document: Document, command: unknown, { at, folder }: { readonly at: number; readonly folder: string }): Asked[] {
  const words = wordsOf(command, (message) => complain(document, ['environment', 'setup', at], message, mend));
  if (words === null) throw complain(document, ['environment', 'setup', at], 'It is empty.', 'Remove it, or write a command.');
  return [{ what: `environment.setup[${at}]`, words, cwd: folder }];
}
