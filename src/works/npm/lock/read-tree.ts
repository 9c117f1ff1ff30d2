import { z } from 'zod';
import { parseSpec, splitAlias } from '../manifest/spec.ts';
import { edgesOf } from './edges.ts';
import type { LockCopy, LockNode } from './lock.ts';
import { sourceOf } from './source.ts';

type Raw = Readonly<Record<string, unknown>>;

/** Reads the nested `dependencies` of lockfileVersion 1. What the project itself asks for is not in there. */
export function readTree(dependencies: Readonly<Record<string, Raw>>, name: string): readonly LockNode[] {
  return [{ kind: 'project', path: '', name, edges: [] }, ...readLevel('', dependencies)];
}

const text = z.string().nullable().default(null).catch(null);
const flag = z
  .literal(true)
  .optional()
  .catch(undefined)
  .transform((value) => value === true);
const Entry = z.object({
  version: z.string().catch(''),
  resolved: text,
  integrity: text,
  dev: flag,
  optional: flag,
  bundled: flag,
  requires: z.record(z.string(), z.string()).default({}).catch({}),
  dependencies: z.record(z.string(), z.record(z.string(), z.unknown())).default({}).catch({}),
});

function readLevel(parent: string, dependencies: Readonly<Record<string, Raw>>): LockNode[] {
  return Object.entries(dependencies).flatMap(([key, raw]) => {
    const path = `${parent === '' ? '' : `${parent}/`}node_modules/${key}`;
    const entry = Entry.parse(raw);
    return [readCopy(path, key, entry), ...readLevel(path, entry.dependencies)];
  });
}

function readCopy(path: string, key: string, entry: z.infer<typeof Entry>): LockCopy {
  const { version, dev, optional, bundled } = entry;
  const nothing = { devDependencies: {}, optionalDependencies: {}, peerDependencies: {}, optionalPeers: [] };
  const rest = { path, edges: edgesOf({ ...nothing, dependencies: entry.requires }, 'copy'), dev, optional, bundled };
  const unsaid = { kind: 'copy', peer: false, hasInstallScript: false, node: null } as const;
  const spec = parseSpec(key, version);
  const [name, its] = spec.kind === 'alias' ? [spec.package, splitAlias(version).range] : [key, version];
  // Version 1 writes the address of what no registry has into the version.
  const resolved = spec.range === null ? version : entry.resolved;
  return { ...unsaid, ...rest, name, version: its, source: sourceOf(resolved, entry.integrity) };
}
