import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Suites that take a lane for two minutes and more on two processors, the longest first. */
export const long = [
  'test/kills/agents.slow.test.ts',
  'test/kills/boundaries.slow.test.ts',
  'src/works/inspection/runner/runner-contract.slow.test.ts',
  'test/scenarios/updates.slow.test.ts',
  'src/plant/floor/container/docker.slow.test.ts',
  'test/bug/no-op.slow.test.ts',
  'test/plant/limits.slow.test.ts',
];

/**
 * Begins with the long suites, so that none of them is left alone in its lane at the end. In a clean clone vitest knows
 * files by their size alone, and some of the longest are a line that calls a contract.
 */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return longFirst(await super.sort(files), ({ moduleId, project }) => relative(project.config.root, moduleId));
  }
}

/** The same in an order of its own: what is long in its order, then the rest as it came. */
export function longFirst<File>(files: readonly File[], pathOf: (file: File) => string): File[] {
  const place = (file: File): number => (long.includes(pathOf(file)) ? long.indexOf(pathOf(file)) : long.length);
  return files.toSorted((left, right) => place(left) - place(right));
}
