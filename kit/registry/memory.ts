import type { PackageReleases, Registry, Release } from '../../src/core/ports/registry.ts';
import { runsCodeAtInstall, tagsOf, timesOf, type FakePackage, type FakeRelease } from './packages.ts';

/** A registry in memory, for tests that need no npm. */
export interface MemoryRegistry extends Registry {
  /** Makes every later question about a package fail; null mends it. */
  fail(name: string, failure: 'registry' | 'network' | 'timeout' | null): void;
}

/**
 * Makes a registry that knows exactly these packages.
 *
 * @example
 * const registry = memoryRegistry([fakePackage('a', { '1.0.0': {} })]);
 */
export function memoryRegistry(packages: readonly FakePackage[]): MemoryRegistry {
  const known = new Map(packages.map((pkg) => [pkg.name, releasesOf(pkg)]));
  const failures = new Map<string, 'registry' | 'network' | 'timeout'>();
  return {
    releases: async (name) => {
      const failure = failures.get(name);
      if (failure !== undefined) return { kind: 'failed', name, class: failure, message: `made to fail for ${name}` };
      const found = known.get(name);
      return found ? { kind: 'found', package: found } : { kind: 'absent', name };
    },
    fail: (name, failure) => void (failure === null ? failures.delete(name) : failures.set(name, failure)),
  };
}

function releasesOf(pkg: FakePackage): PackageReleases {
  const times = timesOf(pkg);
  const versions = pkg.releases.map((release) => [release.version, releaseOf(release, times[release.version] ?? null)] as const);
  return { name: pkg.name, distTags: tagsOf(pkg), versions: Object.fromEntries(versions) };
}

function releaseOf(release: FakeRelease, publishedAt: string | null): Release {
  const bundled = Object.entries(release.bundled ?? {}).map(([name, { version }]) => [name, version]);
  return {
    version: release.version,
    deprecated: release.deprecated ?? null,
    node: release.engines?.['node'] ?? null,
    hasInstallScript: runsCodeAtInstall(release),
    publishedAt,
    dependencies: { ...release.dependencies, ...Object.fromEntries(bundled) },
    peerDependencies: { ...release.peerDependencies },
  };
}
