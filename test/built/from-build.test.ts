import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { builtModules, builtOf } from './from-build.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

it.each([
  ['test/scenarios/scene.ts', '../../src/factory.ts', 'dist/src/factory.js'],
  ['src/works/mechanic/mechanic.slow.test.ts', './index.ts', 'dist/src/works/mechanic/index.js'],
  ['kit/floor/floor-contract.ts', '../../src/core/ports/floor.ts', 'dist/src/core/ports/floor.js'],
])('a source that %s imports is taken as it was built', (importer, asked, built) => {
  const found = builtOf(asked, `${root}${importer}`);
  expect(found).toBe(`${root}${built}`);
  expect(found).toMatch(builtModules);
});

it.each([
  ['test/scenarios/groups.slow.test.ts', './scene.ts'],
  ['test/scenarios/scene.ts', '../../kit/scenario/index.ts'],
  ['test/scenarios/scene.ts', 'vitest'],
  ['src/works/mechanic/mechanic.slow.test.ts', './never-built.ts'],
])('what else %s imports stays what it is: %s', (importer, asked) => {
  expect(builtOf(asked, `${root}${importer}`)).toBeNull();
});
