import { z } from 'zod';
import type { Project } from '../project.ts';

export interface ConfigPlace {
  /** Setting that holds the globs: 'testMatch', 'include', 'files'. */
  readonly key: string;
  readonly configFiles: readonly string[];
  readonly manifestKey: string;
}

const Globs = z.union([z.string().transform((one) => [one]), z.array(z.string())]);

/**
 * Globs of test files that a configuration names, without `<rootDir>`. A configuration in JavaScript is not run but
 * read by the string literals of the setting; empty where none is found.
 */
export async function configuredGlobs(project: Project, place: ConfigPlace): Promise<readonly string[]> {
  const section = z.record(z.string(), z.unknown()).safeParse(project.manifest[place.manifestKey]).data;
  const inManifest = Globs.safeParse(section?.[place.key]).data;
  if (inManifest !== undefined) return inManifest.map(plain);
  for (const path of place.configFiles) {
    const text = await project.read(path);
    const list = text === null ? null : new RegExp(`\\b${place.key}['"]?\\s*:\\s*(\\[[^\\]]*\\]|['"][^'"]*['"])`).exec(text)?.[1];
    if (list !== null && list !== undefined)
      return [...list.matchAll(/['"`]([^'"`]+)['"`]/g)].flatMap(([, one]) => (one === undefined ? [] : [plain(one)]));
  }
  return [];
}

function plain(glob: string): string {
  return glob.replace(/^<rootDir>\/|^\.\//, '');
}
