import { environmentLimits, sealEnvironment, type EnvironmentSpec } from '../../core/environment/environment-spec.ts';
import type { Sha256 } from '../../core/base/ids.ts';
import type { RepositorySnapshot } from '../../core/packet/seed.ts';
import type { Forge } from '../../core/ports/forge.ts';
import { agentFile } from './agent-file.ts';
import { devContainer } from './dev-container.ts';
import { invalid } from './document.ts';
import { repositoryFiles, type RepositoryFiles } from './files.ts';
import type { Found, Refusal } from './found.ts';
import { lockFiles } from './lock-files.ts';
import { ownFile } from './own-file.ts';
import { setupSteps } from './setup-steps.ts';
import { toolFile } from './tool-files.ts';

const refusalsShown = 100;

/**
 * Reads what a repository needs to be set up, at the base commit and through the forge alone: the first file that says
 * something counts, and lockfiles and tool versions add what it does not speak of. Nothing is run.
 * Throws `environment-invalid` with file, place and mend for a file that cannot be honoured as it stands.
 *
 * @example
 * const { setup } = await readEnvironment(repository, forge, sha256);
 * setup[0]?.words; // ['npm', 'ci']
 */
export async function readEnvironment(
  repository: RepositorySnapshot,
  forge: Pick<Forge, 'read' | 'list'>,
  sha256: Sha256,
): Promise<EnvironmentSpec> {
  const files = await repositoryFiles(repository, forge);
  const found = await firstOf(files);
  const installs = found.setup === null ? await lockFiles(files) : null;
  const parts = {
    source: found.source ?? installs?.source ?? null,
    base: found.base,
    tools: await toolsFor(found, files),
    setup: [...(found.setup ?? installs?.setup ?? [])],
    env: found.env,
    refused: shortened([...found.refused, ...(installs?.refused ?? [])]),
  };
  holdToLimits(parts);
  return sealEnvironment(parts, sha256);
}

type Said = Omit<Found, 'source'> & { readonly source: string | null };

async function firstOf(files: RepositoryFiles): Promise<Said> {
  for (const read of [ownFile, devContainer, setupSteps, agentFile, toolFile]) {
    const found = await read(files);
    if (found !== null) return found;
  }
  return { source: null, base: { kind: 'host' }, tools: {}, setup: null, env: {}, refused: [] };
}

/** The versions asked for; of an image none but its own file's, as it brings its tools. */
async function toolsFor({ base, tools }: Said, files: RepositoryFiles): Promise<Found['tools']> {
  const isSaid = base.kind !== 'host' || Object.keys(tools).length > 0;
  return isSaid ? tools : ((await toolFile(files))?.tools ?? {});
}

function shortened(refused: readonly Refusal[]): Refusal[] {
  if (refused.length <= refusalsShown) return [...refused];
  return [...refused.slice(0, refusalsShown), { what: `${refused.length - refusalsShown} more`, why: 'The list was cut.' }];
}

function holdToLimits({ source, tools, setup, env }: Pick<EnvironmentSpec, 'source' | 'tools' | 'setup' | 'env'>): void {
  const counts = [
    { noun: 'setup commands', count: setup.length, allowed: environmentLimits.commands },
    { noun: 'tools', count: Object.keys(tools).length, allowed: environmentLimits.tools },
    { noun: 'variables', count: Object.keys(env).length, allowed: environmentLimits.variables },
  ];
  const over = counts.find(({ count, allowed }) => count > allowed);
  if (over === undefined) return;
  const message = `It asks for ${over.count} ${over.noun}; at most ${over.allowed} are taken.`;
  throw invalid({ file: source ?? 'The repository', place: '', message, mend: 'Put them together, for example into a script.' });
}
