import { z } from 'zod';
import { edgesOf } from './edges.ts';
import { keyOf, type LockNode } from './lock.ts';
import { sourceOf } from './source.ts';

type Raw = Readonly<Record<string, unknown>>;

/** Reads the `packages` of lockfileVersion 2 and 3: one entry per folder. */
export function readFolders(packages: Readonly<Record<string, Raw>>): readonly LockNode[] {
  return Object.entries(packages).map(([path, raw]) => readFolder(path, Entry.parse(raw)));
}

// A default comes before a catch: what is merely missing must not cost an error per field.
const texts = z.record(z.string(), z.string()).default({}).catch({});
const flag = z
  .literal(true)
  .optional()
  .catch(undefined)
  .transform((value) => value === true);
const text = z.string().nullable().default(null).catch(null);

/** Every field forgives: lockfiles were written by ten years of npm. */
const Entry = z.object({
  name: text,
  version: text,
  resolved: text,
  integrity: text,
  link: flag,
  dev: flag,
  optional: flag,
  peer: flag,
  inBundle: flag,
  hasInstallScript: flag,
  engines: texts,
  dependencies: texts,
  devDependencies: texts,
  optionalDependencies: texts,
  peerDependencies: texts,
  peerDependenciesMeta: z
    .record(z.string(), z.object({ optional: flag }))
    .default({})
    .catch({}),
});

function readFolder(path: string, entry: z.infer<typeof Entry>): LockNode {
  const isCopy = path.includes('node_modules/');
  const kind = entry.link ? 'link' : isCopy ? 'copy' : 'project';
  const meta = entry.peerDependenciesMeta;
  const edges = edgesOf({ ...entry, optionalPeers: Object.keys(meta).filter((name) => meta[name]?.optional) }, kind);
  const name = entry.name ?? (isCopy ? keyOf(path) : '');
  if (kind === 'project') return { kind, path, name, edges };
  if (kind === 'link') return { kind, path, name, edges: [], target: entry.resolved ?? '' };
  const { dev, optional, peer, inBundle: bundled, hasInstallScript } = entry;
  const source = sourceOf(entry.resolved, entry.integrity);
  return {
    kind,
    path,
    name,
    version: entry.version ?? '',
    edges,
    dev,
    optional,
    peer,
    bundled,
    hasInstallScript,
    source,
    node: entry.engines['node'] ?? null,
  };
}
