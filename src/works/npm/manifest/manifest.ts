import { z } from 'zod';
import { JidokaError } from '../../../core/base/error.ts';
import type { DependencyScope } from '../../../core/packet/seed.ts';
import { readJson } from './json-text.ts';
import { parseSpec, type Spec } from './spec.ts';

export const sections = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const;
export type Section = (typeof sections)[number];

/** What the factory needs of a package.json. */
export interface Manifest extends Readonly<Record<Section, Readonly<Record<string, string>>>> {
  /** Where it was read, for messages. */
  readonly path: string;
  readonly name: string | null;
  readonly version: string | null;
  readonly private: boolean;
  readonly type: 'module' | 'commonjs';
  readonly scripts: Readonly<Record<string, string>>;
  readonly main: string | null;
  readonly exports: unknown;
  readonly types: string | null;
  readonly bin: Readonly<Record<string, string>>;
  readonly engines: Readonly<Record<string, string>>;
  readonly optionalPeers: readonly string[];
  readonly overrides: Readonly<Record<string, unknown>>;
  /** Globs of workspace folders. */
  readonly workspaces: readonly string[];
}

/** One dependency that a manifest names itself. */
export interface DirectDependency {
  /** Key in the section: the name it is required by. */
  readonly name: string;
  readonly section: Section;
  /** The text as written. */
  readonly raw: string;
  readonly spec: Spec;
}

/** Reads a package.json; throws `manifest-invalid` with file, line and column. */
export function readManifest(text: string, path: string): Manifest {
  const read = readJson(text);
  if (read.kind === 'fault') throw invalid(`${path}:${read.line}:${read.column}: ${read.message}.`, read);
  const parsed = Shape.safeParse(read.value);
  if (parsed.success) return toManifest(parsed.data, path);
  const [issue] = parsed.error.issues;
  throw invalid(`${path}: ${issue?.path.join('.') || 'the document'} is not what npm expects: ${issue?.message}.`, {});
}

/**
 * Lists the dependencies a manifest asks to be installed. Peer dependencies are a promise to others and not among them.
 *
 * @example
 * directDependencies(manifest, 'prod').map(({ name }) => name);
 */
export function directDependencies(manifest: Manifest, scope: DependencyScope): readonly DirectDependency[] {
  return installed[scope].flatMap((section) =>
    Object.entries(manifest[section]).map(([name, raw]) => ({ name, section, raw, spec: parseSpec(name, raw) })),
  );
}

const installed: Readonly<Record<DependencyScope, readonly Section[]>> = {
  prod: ['dependencies', 'optionalDependencies'],
  dev: ['devDependencies'],
  all: ['dependencies', 'optionalDependencies', 'devDependencies'],
};

// npm takes an empty list for an empty section, and old manifests have odd values in every field it does not need.
const ranges = z.preprocess(
  (value) => (Array.isArray(value) && value.length === 0 ? {} : value),
  z.record(z.string(), z.string()).default({}),
);
const texts = z
  .record(z.string(), z.unknown())
  .catch({})
  .transform((record) =>
    Object.fromEntries(Object.entries(record).filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
  );
const text = z.string().nullable().catch(null).default(null);
const globs = z.union([z.array(z.string()), z.object({ packages: z.array(z.string()) }).transform(({ packages }) => packages)]).catch([]);

const Shape = z.object({
  name: text,
  version: text,
  private: z.unknown().optional(),
  type: z.unknown().optional(),
  scripts: texts,
  main: text,
  exports: z.unknown().optional(),
  types: text,
  typings: text,
  bin: z.union([z.string(), z.record(z.string(), z.string())]).catch({}),
  engines: texts,
  dependencies: ranges,
  devDependencies: ranges,
  optionalDependencies: ranges,
  peerDependencies: ranges,
  peerDependenciesMeta: z.record(z.string(), z.object({ optional: z.boolean().catch(false) })).catch({}),
  overrides: z.record(z.string(), z.unknown()).catch({}),
  workspaces: globs,
});

function toManifest(shape: z.infer<typeof Shape>, path: string): Manifest {
  const { peerDependenciesMeta: peers, typings, bin, ...rest } = shape;
  return {
    ...rest,
    path,
    private: shape.private === true || shape.private === 'true',
    type: shape.type === 'module' ? 'module' : 'commonjs',
    exports: shape.exports ?? null,
    types: shape.types ?? typings,
    bin: typeof bin === 'string' ? { [shape.name?.split('/').at(-1) ?? 'bin']: bin } : bin,
    optionalPeers: Object.keys(peers).filter((name) => peers[name]?.optional === true),
  };
}

function invalid(message: string, data: { readonly line?: number; readonly column?: number }): JidokaError {
  return new JidokaError('manifest-invalid', message, { mend: 'Mend the file until `npm pkg get name` reads it, and commit it.', data });
}
