import type { FakePackage, FakeRelease } from '../registry/index.ts';

/** What a release says, or that and anything else about it. */
export type Saying = string | (Omit<FakeRelease, 'version'> & { readonly says?: string });

/**
 * Makes a package whose releases export one word under `says`, so that a suite can tell them apart.
 *
 * @example
 * saying('plain', { '1.0.0': 'hello', '1.1.0': 'hello', '2.0.0': { says: 'goodbye', engines: { node: '>=99' } } });
 */
export function saying(name: string, releases: Readonly<Record<string, Saying>>): FakePackage {
  return { name, releases: Object.entries(releases).map(([version, said]) => releaseOf(version, said)) };
}

function releaseOf(version: string, said: Saying): FakeRelease {
  if (typeof said === 'string') return releaseOf(version, { says: said });
  const { says = '', ...release } = said;
  return { version, ...release, files: { 'index.js': `exports.says = ${JSON.stringify(says)};\n`, ...release.files } };
}
