import { z } from 'zod';
import { JidokaError, isJidokaError } from '../../../core/base/error.ts';
import type { Workspace } from '../../../core/ports/floor.ts';

const Names = z.record(z.string(), z.string()).catch({});

/** The parts of a package.json that say how its tests run; parts of a wrong type count as absent. */
export const Manifest = z
  .looseObject({
    name: z.string().optional().catch(undefined),
    type: z.string().optional().catch(undefined),
    main: z.string().optional().catch(undefined),
    exports: z.unknown().optional(),
    scripts: Names,
    dependencies: Names,
    devDependencies: Names,
  })
  .catch({ scripts: {}, dependencies: {}, devDependencies: {}, exports: undefined });
export type Manifest = z.infer<typeof Manifest>;

/** What detection looks at: a project folder with its dependencies installed. */
export interface Project {
  readonly directory: string;
  readonly manifest: Manifest;
  /** Files and folders below the project folder, relative to it, without node_modules. */
  readonly files: readonly string[];
  /** Reads a file relative to the project folder; null where there is none or it must not be read. */
  readonly read: (path: string) => Promise<string | null>;
  readonly tool: (name: string) => Promise<InstalledTool | null>;
}

export interface InstalledTool {
  readonly version: string | null;
  /** Path of its program for `node`, relative to the project folder. */
  readonly bin: string;
}

export async function openProject(workspace: Workspace, directory: string, manifest: unknown): Promise<Project> {
  const listed = await workspace.files.list(directory);
  const files = listed.map((path) => (directory === '' ? path : path.slice(directory.length + 1)));
  const read = (path: string) => readBelow(workspace, join(directory, path));
  const tool = (name: string) => installedTool(workspace, directory, name);
  return { directory, manifest: Manifest.parse(manifest), files: files.filter((path) => !path.startsWith('node_modules')), read, tool };
}

/** A path that the workspace refuses (a link that leaves it) is as good as absent. */
async function readBelow(workspace: Workspace, path: string | null): Promise<string | null> {
  if (path === null) return null;
  try {
    return await workspace.files.read(path);
  } catch (error) {
    if (isJidokaError(error)) return null;
    throw error;
  }
}

const Package = z.object({ version: z.string(), bin: z.union([z.string(), z.record(z.string(), z.string())]).optional() });

/** Looks from the project folder up to the root, as Node does; a package behind a link is known by its command alone. */
async function installedTool(workspace: Workspace, directory: string, name: string): Promise<InstalledTool | null> {
  for (const up of levels(directory)) {
    const folder = join(directory, `${up}node_modules`);
    const text = await readBelow(workspace, `${folder}/${name}/package.json`);
    const found = text === null ? null : (Package.safeParse(parse(text, `${folder}/${name}/package.json`)).data ?? null);
    const bin = typeof found?.bin === 'string' ? found.bin : (found?.bin?.[name] ?? null);
    if (found !== null && bin !== null) return { version: found.version, bin: `${up}node_modules/${name}/${bin.replace(/^\.\//, '')}` };
    const commands = await listBelow(workspace, `${folder}/.bin`);
    if (commands.includes(`${folder}/.bin/${name}`)) return { version: null, bin: `${up}node_modules/.bin/${name}` };
  }
  return null;
}

async function listBelow(workspace: Workspace, folder: string): Promise<readonly string[]> {
  try {
    return await workspace.files.list(folder);
  } catch (error) {
    if (isJidokaError(error)) return [];
    throw error;
  }
}

function levels(directory: string): readonly string[] {
  const depth = directory === '' ? 0 : directory.split('/').length;
  return Array.from({ length: depth + 1 }, (_, up) => '../'.repeat(up));
}

/** Joins posix paths below the root; a path that would leave the root is a fault of the caller. */
export function join(directory: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${directory}/${path}`.split('/')) {
    if (part === '..' && parts.pop() === undefined) throw leaves(path);
    if (part !== '..' && part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

function leaves(path: string): JidokaError {
  return new JidokaError('workspace-failed', `The path ${path} leads out of the workspace.`, {
    mend: 'Name files by paths inside the repository.',
  });
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new JidokaError('workspace-failed', `${path} is not JSON.`, { mend: 'Install the dependencies anew.', cause: error });
  }
}
