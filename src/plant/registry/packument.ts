import { z } from 'zod';
import type { RegistryAnswer, Release } from '../../core/ports/registry.ts';

// Old releases hold odd values in almost every field; an odd value is as good as none.
// A default comes before a catch: what is merely missing must not cost an error per field and version.
const texts = z.record(z.string(), z.unknown()).default({}).catch({});
const Version = z.object({
  deprecated: z.unknown().optional(),
  engines: texts,
  hasInstallScript: z.unknown().optional(),
  gypfile: z.unknown().optional(),
  scripts: texts,
  dependencies: texts,
  peerDependencies: texts,
});
const Packument = z.object({
  'dist-tags': texts,
  versions: z.record(z.string(), Version).optional(),
  time: texts,
});

/** Reads a full packument; null for a document that is none. A name whose releases were all withdrawn is absent. */
export function readPackument(name: string, document: unknown): RegistryAnswer | null {
  const parsed = Packument.safeParse(document);
  if (!parsed.success) return null;
  const { versions, time, 'dist-tags': tags } = parsed.data;
  if (versions === undefined && !('unpublished' in time)) return null;
  const releases = Object.entries(versions ?? {}).map(([version, its]) => [version, readRelease(version, its, time[version])] as const);
  if (releases.length === 0) return { kind: 'absent', name };
  return { kind: 'found', package: { name, distTags: onlyText(tags), versions: Object.fromEntries(releases) } };
}

function readRelease(version: string, its: z.infer<typeof Version>, publishedAt: unknown): Release {
  const { engines, scripts, deprecated } = its;
  return {
    version,
    deprecated: typeof deprecated === 'string' && deprecated !== '' ? deprecated : null,
    node: typeof engines['node'] === 'string' ? engines['node'] : null,
    hasInstallScript: its.hasInstallScript === true || its.gypfile === true || installScripts.some((name) => name in scripts),
    publishedAt: typeof publishedAt === 'string' ? publishedAt : null,
    dependencies: onlyText(its.dependencies),
    peerDependencies: onlyText(its.peerDependencies),
  };
}

const installScripts = ['preinstall', 'install', 'postinstall'];

function onlyText(record: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
