import { compare } from 'semver';
import type { PackageReleases, Registry, Release } from '../../core/ports/registry.ts';
import type { requestersOf, Lock, LockCopy } from '../npm/lock/index.ts';
import { parseSpec, type Section } from '../npm/manifest/index.ts';
import { pickRelease } from '../npm/release/index.ts';
import { lineOf, nearestReleases } from './nearest.ts';

/** What must be resolved anew, and which direct dependencies must be raised, so that a copy goes. */
export interface Chain {
  /** Folders in the lockfile. */
  readonly refresh: readonly string[];
  readonly raises: readonly Raise[];
}

export interface Raise {
  /** Folder of the project whose manifest names the dependency, as the lockfile knows it. */
  readonly folder: string;
  readonly section: Section;
  readonly name: string;
  readonly version: string;
}

/** How far a search may go. */
export interface Reach {
  /** Whether packages that ask for the copy may move, inside the ranges they are asked for by. */
  readonly climb: boolean;
  /** Whether a direct dependency may leave its range. */
  readonly raise: 'never' | 'same-major' | 'any-major';
}

export interface Search {
  readonly lock: Lock;
  readonly requesters: ReturnType<typeof requestersOf>;
  readonly releases: Lookup;
  readonly reach: Reach;
  /** Node version of the floor; null where it is not known. */
  readonly node: string | null;
  /** Copies it may still look at: the ways up through a big tree are more than anybody wants to wait for. */
  readonly budget: { left: number };
}

/** Whether a release of a package would do; asked of what npm would pick. */
export type Want = (release: Release) => Promise<boolean>;

export type Lookup = (name: string) => Promise<PackageReleases | null>;

type Requester = ReturnType<Search['requesters']['get']> extends readonly (infer One)[] | undefined ? One : never;

/**
 * Looks for a way to have a copy replaced by a release that is wanted, for everyone who asks for it. Null where there
 * is none within reach.
 */
export async function findChain(search: Search, copy: LockCopy, want: Want, trail: readonly string[] = []): Promise<Chain | null> {
  search.budget.left -= 1;
  const releases = search.budget.left < 0 ? null : await search.releases(copy.name);
  if (releases === null) return null;
  const chains: Chain[] = [{ refresh: [copy.path], raises: [] }];
  for (const requester of search.requesters.get(copy.path) ?? []) {
    const chain = await chainFor(search, { copy, releases, requester, want, trail: [...trail, copy.path] });
    if (chain === null) return null;
    chains.push(chain);
  }
  return joinChains(chains);
}

export function joinChains(chains: readonly Chain[]): Chain {
  // Two ways may raise the same dependency: the higher of two releases that do comes last, and stays.
  const sorted = chains.flatMap((chain) => chain.raises).sort((left, right) => compare(left.version, right.version));
  const raises = new Map(sorted.map((raise) => [`${raise.folder} ${raise.name}`, raise]));
  return { refresh: [...new Set(chains.flatMap(({ refresh }) => refresh))], raises: [...raises.values()] };
}

/** Looks packages up, each once, and remembers that a lookup failed. */
export function lookupOf(registry: Registry): { readonly lookup: Lookup; readonly failure: () => FailedLookup | null } {
  const known = new Map<string, PackageReleases | null>();
  let failed: FailedLookup | null = null;
  const lookup: Lookup = async (name) => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const answer = await registry.releases(name);
    if (answer.kind === 'failed') failed = answer;
    const releases = answer.kind === 'found' ? answer.package : null;
    known.set(name, releases);
    return releases;
  };
  return { lookup, failure: () => failed };
}

export type FailedLookup = Extract<Awaited<ReturnType<Registry['releases']>>, { kind: 'failed' }>;

interface Step {
  readonly copy: LockCopy;
  readonly releases: PackageReleases;
  readonly requester: Requester;
  readonly want: Want;
  readonly trail: readonly string[];
}

/** What one requester needs, for it to take a wanted release. */
async function chainFor(search: Search, step: Step): Promise<Chain | null> {
  const {
    requester: { from, edge },
    releases,
    want,
  } = step;
  const { range } = parseSpec(edge.name, edge.spec);
  const picked = range === null ? null : pickRelease(releases, range);
  if (picked !== null && (await want(picked))) return { refresh: [], raises: [] };
  if (from.kind === 'project') return range === null ? null : await raised(search, step);
  // Whoever is on the way already is replaced as well.
  if (step.trail.includes(from.path)) return { refresh: [], raises: [] };
  if (from.kind !== 'copy' || !search.reach.climb) return null;
  return await findChain(search, from, (release) => asksForWanted(release, step), step.trail);
}

/** Whether a release of the requester no longer asks for the package, or asks in a way that gets a wanted one. */
async function asksForWanted(release: Release, { requester: { edge }, releases, want }: Step): Promise<boolean> {
  const spec = release.dependencies[edge.name] ?? release.peerDependencies[edge.name];
  if (spec === undefined) return true;
  const { range } = parseSpec(edge.name, spec);
  const picked = range === null ? null : pickRelease(releases, range);
  return picked !== null && (await want(picked));
}

const sections = {
  prod: 'dependencies',
  dev: 'devDependencies',
  optional: 'optionalDependencies',
  peer: 'peerDependencies',
  'peer-optional': 'peerDependencies',
} as const;

/** The nearest release that is wanted, as the new range of a direct dependency. */
async function raised({ reach, node }: Search, { copy, releases, requester: { from, edge }, want }: Step): Promise<Chain | null> {
  if (reach.raise === 'never') return null;
  for (const release of nearestReleases(releases, copy.version, node)) {
    if (reach.raise === 'same-major' && lineOf(release.version) !== lineOf(copy.version)) continue;
    if (await want(release))
      return { refresh: [], raises: [{ folder: from.path, section: sections[edge.kind], name: edge.name, version: release.version }] };
  }
  return null;
}
