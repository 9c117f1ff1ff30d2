import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the cluster that homes of one run of the suites are given. */
    readonly clusters: string;
  }
}

/** Once before all suites; what it returns, once after them. The cluster itself is made by the first who asks for one. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'jidoka-clusters-'));
  project.provide('clusters', folder);
  return () => rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
