import { createHash } from 'node:crypto';
import { manifestOf, runsCodeAtInstall, tagsOf, timesOf, type FakePackage, type FakeRelease } from './packages.ts';
import { tarballOf } from './tarball.ts';

/** The full packument of a package; `base` is the address that the tarballs are to carry. */
export function packumentOf(pkg: FakePackage, base: string): object {
  const times = timesOf(pkg);
  return {
    _id: pkg.name,
    name: pkg.name,
    'dist-tags': tagsOf(pkg),
    versions: Object.fromEntries(pkg.releases.map((release) => [release.version, versionOf(pkg, release, base)])),
    time: { created: Object.values(times)[0], modified: Object.values(times).at(-1), ...times },
  };
}

/** The tarball that a path asks for, or null where the package has none there. */
export function tarballAt(pkg: FakePackage, path: string): Buffer | null {
  const release = pkg.releases.find(({ version }) => path === `/${tarballPath(pkg.name, version)}`);
  return release ? tarballOf(pkg.name, release) : null;
}

function versionOf(pkg: FakePackage, release: FakeRelease, base: string): object {
  const tarball = tarballOf(pkg.name, release);
  return {
    _id: `${pkg.name}@${release.version}`,
    ...manifestOf(pkg.name, release),
    ...(release.deprecated !== undefined && { deprecated: release.deprecated }),
    ...(runsCodeAtInstall(release) && { hasInstallScript: true }),
    dist: {
      tarball: `${base}${tarballPath(pkg.name, release.version)}`,
      shasum: createHash('sha1').update(tarball).digest('hex'),
      integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}`,
    },
  };
}

function tarballPath(name: string, version: string): string {
  return `${name}/-/${name.split('/').at(-1)}-${version}.tgz`;
}
