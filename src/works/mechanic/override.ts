import { major } from 'semver';
import type { VulnerableCopy } from '../../core/evidence/fact.ts';
import { requestersOf, type Lock } from '../npm/lock/index.ts';
import { setOverride } from '../npm/manifest/index.ts';
import { isAffected } from '../npm/osv/index.ts';
import type { Plan } from './attempt.ts';
import { lineOf, nearestReleases } from './nearest.ts';
import type { Patient } from './patient.ts';
import { join, lockOf, type Tree } from './project.ts';

/** One entry of `overrides`: the way down to the package, and the version it gets. */
interface Override {
  readonly path: readonly string[];
  readonly version: string;
  /** Folders of the copies it is for. */
  readonly copies: readonly string[];
}

/**
 * Overrides copies with a fixed release of their own major version. A direct dependency is never overridden (npm
 * refuses it), nor is a bundled copy (npm cannot). Where other copies of the package are well, only what is below the
 * parents of the bad ones is overridden.
 */
export async function overridePlans(patient: Patient, tree: Tree, left: readonly VulnerableCopy[]): Promise<readonly Plan[]> {
  const lock = lockOf(patient.bench.project, tree);
  const overrides = (await Promise.all(left.map(async (copy) => await overridesFor(patient, lock, copy)))).flat();
  if (overrides.length === 0) return [];
  const { folder } = patient.bench.project;
  const rootPath = join(folder, 'package.json');
  const text = overrides.reduce((edited, { path, version }) => setOverride(edited, path, version), tree.manifests.get(rootPath) ?? '{}');
  const manifests = new Map([...tree.manifests, [rootPath, text]]);
  const label = `overrides ${[...new Set(overrides.map(({ path, version }) => `${path.join(' > ')} ${version}`))].join(', ')}`;
  const copies = overrides.flatMap((override) => override.copies);
  return [
    { label, aim: copies, errands: [{ manifests, forget: [], args: ['install'] }] },
    {
      label: `${label}, npm install without ${[...new Set(copies)].join(', ')}`,
      aim: copies,
      errands: [{ manifests, forget: copies, args: ['install'] }],
    },
  ];
}

async function overridesFor(patient: Patient, lock: Lock, { path, name, version, bundled }: VulnerableCopy): Promise<readonly Override[]> {
  const asking = requestersOf(lock);
  const requesters = asking.get(path) ?? [];
  if (bundled || requesters.length === 0 || requesters.some(({ from }) => from.kind === 'project')) return [];
  const target = await fixedNear(patient, name, version);
  if (target === null) return [];
  const { advisory } = patient.seed;
  const all = lock.copies.filter((copy) => copy.name === name);
  const isAlone = all.every((copy) => isAffected(advisory, name, copy.version) && lineOf(copy.version) === lineOf(version));
  const isDirect = all.some((copy) => (asking.get(copy.path) ?? []).some(({ from }) => from.kind === 'project'));
  if (isAlone && !isDirect) return [{ path: [name], version: target, copies: [path] }];
  return requesters.flatMap(({ from, edge }) =>
    from.kind === 'copy' ? [{ path: [parentKey(lock, from), edge.name], version: target, copies: [path] }] : [],
  );
}

/** 'parent', or 'parent@1.0.0' where the lockfile has it in several versions. */
function parentKey(lock: Lock, { name, version }: { readonly name: string; readonly version: string }): string {
  const versions = new Set(lock.copies.filter((copy) => copy.name === name).map((copy) => copy.version));
  return versions.size > 1 ? `${name}@${version}` : name;
}

/** The nearest release that is well: of the same line, else of the same major version, where below 1.0.0 the tests must tell. */
async function fixedNear({ releases: lookup, node, seed }: Patient, name: string, version: string): Promise<string | null> {
  const releases = await lookup(name);
  const well = (releases ? nearestReleases(releases, version, node) : []).filter((each) => !isAffected(seed.advisory, name, each.version));
  const near = well.find((each) => lineOf(each.version) === lineOf(version)) ?? well.find((each) => major(each.version) === major(version));
  return near?.version ?? null;
}
