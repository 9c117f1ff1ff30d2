import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { inside } from './mirror.ts';
import type { Ground } from './mirror.ts';

/** An index and an object store for one calculation over a mirror, which stays as it was. */
export interface Scratch {
  readonly folder: string;
  readonly mirror: string;
  /** Options of commands that work in it; `env` is added. */
  options(env?: Readonly<Record<string, string>>): { cwd: string; env: Record<string, string> };
}

/** Calculates with a scratch index over a mirror and throws both away. */
export async function withScratch<T>(ground: Ground, mirror: string, work: (scratch: Scratch) => Promise<T>): Promise<T> {
  const folder = join(ground.git.root, randomUUID());
  const objects = join(folder, 'objects');
  await mkdir(objects, { recursive: true });
  const env = {
    GIT_INDEX_FILE: join(folder, 'index'),
    GIT_OBJECT_DIRECTORY: objects,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: quoted(join(mirror, 'objects')),
  };
  try {
    return await work({ folder, mirror, options: (more = {}) => inside(mirror, { ...env, ...more }) });
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** The list of object stores is parted by colons; a path in quotes may have one. */
function quoted(path: string): string {
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
