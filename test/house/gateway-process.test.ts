import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { Module } from './module.ts';
import { readTree } from './tree.ts';

const modules = readTree(fileURLToPath(new URL('../..', import.meta.url)), ['src']);

/** Loaded by whoever reads a record, which is another process than the one that serves. */
const ofReaders = 'src/model-trace.ts';

/** All that a file may load, now or later: whatever is imported by name counts, types too. */
function loadedBy(path: string): ReadonlySet<string> {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const seen = new Set<string>();
  const visit = (module: Module | undefined): void => {
    if (module === undefined || module.path === ofReaders || seen.has(module.path)) return;
    seen.add(module.path);
    for (const { target } of module.imports) if (target !== null) visit(byPath.get(target));
  };
  visit(byPath.get(path));
  return seen;
}

it('the process that holds keys of providers loads the gateway, the database and public figures of models, and no floor, line or engine', () => {
  const rooms = new Set([...loadedBy('src/gateway-process.ts')].map((path) => path.split('/').slice(1, 3).join('/')));
  const beyondCore = [...rooms].filter((room) => /^(?:plant|works|doors)\//.test(room));
  expect(beyondCore.toSorted()).toEqual(['plant/clock', 'plant/gateway', 'plant/postgres', 'plant/priors', 'works/gateway', 'works/yaml']);
});

it('what answers calls without a factory reaches no database but by the one import that opens a store', () => {
  const served = loadedBy('src/plant/gateway/index.ts');
  expect([...served].filter((path) => path.includes('/store/') || path.includes('plant/postgres'))).toEqual([]);
  expect(served.size).toBeGreaterThan(50);
});
