import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { Module } from './module.ts';
import { readTree } from './tree.ts';

const modules = readTree(fileURLToPath(new URL('../..', import.meta.url)), ['src']);

/** All that a file may load, now or later, types aside: whatever is imported by name counts. */
function loadedBy(path: string): ReadonlySet<string> {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const seen = new Set<string>();
  const visit = (module: Module | undefined): void => {
    if (module === undefined || seen.has(module.path)) return;
    seen.add(module.path);
    for (const { target } of module.imports) if (target !== null) visit(byPath.get(target));
  };
  visit(byPath.get(path));
  return seen;
}

it('the process that holds keys of providers loads the gateway and the database, and no floor, line or engine', () => {
  const rooms = new Set([...loadedBy('src/gateway.ts')].map((path) => path.split('/').slice(1, 3).join('/')));
  const plant = [...rooms].filter((room) => !room.startsWith('core/') && room !== 'gateway.ts');
  expect(plant.toSorted()).toEqual(['plant/clock', 'plant/gateway', 'plant/postgres']);
});

it('what answers calls without a factory reaches no database but by the one import that opens a store', () => {
  const served = loadedBy('src/plant/gateway/index.ts');
  expect([...served].filter((path) => path.includes('/store/') || path.includes('plant/postgres'))).toEqual([]);
  expect(served.size).toBeGreaterThan(50);
});
