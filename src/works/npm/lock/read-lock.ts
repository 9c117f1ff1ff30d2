import { z } from 'zod';
import { JidokaError } from '../../../core/base/error.ts';
import { readJson } from '../manifest/json-text.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { Lock, LockNode } from './lock.ts';
import { edgesOf } from './edges.ts';
import { readFolders } from './read-folders.ts';
import { readTree } from './read-tree.ts';

export interface AboutLock {
  /** Where it was read, for messages; default package-lock.json. */
  readonly path?: string;
  /** The project's own manifest: it decides what the project asks for, whatever the lockfile remembers. */
  readonly manifest?: Manifest;
}

/**
 * Reads a package-lock.json or npm-shrinkwrap.json of lockfileVersion 1, 2 or 3. Version 1 does not say what the
 * project itself asks for: give the manifest where parents matter. Throws `lockfile-invalid` with file, line and column.
 *
 * @example
 * readLock(text).copies.filter(({ name }) => name === 'minimist');
 */
export function readLock(text: string, about: AboutLock = {}): Lock {
  const path = about.path ?? 'package-lock.json';
  const read = readJson(text);
  if (read.kind === 'fault') throw invalid(`${path}:${read.line}:${read.column}: ${read.message}.`, read);
  const parsed = Shape.safeParse(read.value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(`${path}: ${issue?.path.join('.') || 'the document'} is not what npm writes: ${issue?.message}.`, {});
  }
  const { lockfileVersion, name, packages, dependencies } = parsed.data;
  const nodes = packages ? readFolders(packages) : readTree(dependencies, name);
  const all = about.manifest ? nodes.map((node) => (node.path === '' ? withEdgesOf(node, about.manifest) : node)) : nodes;
  return {
    lockfileVersion,
    nodes: new Map(all.map((node) => [node.path, node])),
    copies: all.filter((node) => node.kind === 'copy'),
  };
}

const Shape = z.object({
  name: z.string().catch(''),
  lockfileVersion: z.union([z.literal(1), z.literal(2), z.literal(3)]).default(1),
  packages: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
  dependencies: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
});

function withEdgesOf(root: LockNode, manifest: Manifest | undefined): LockNode {
  return manifest ? { ...root, edges: edgesOf({ ...manifest, optionalPeers: manifest.optionalPeers }, 'project') } : root;
}

function invalid(message: string, data: { readonly line?: number; readonly column?: number }): JidokaError {
  return new JidokaError('lockfile-invalid', message, {
    mend: 'Resolve conflicts and run `npm install --package-lock-only` until npm reads it, then commit it.',
    data,
  });
}
