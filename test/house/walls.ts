import type { Fault, Import, Module } from './module.ts';
import { placeOf, type Place } from './place.ts';

/** The file that gives works their machines; those it has from the one file that opens the rooms of plant. */
const joiner = 'src/factory.ts';
const joining: Readonly<Record<string, readonly Place['layer'][]>> = {
  [joiner]: ['core', 'works', 'root'],
  'src/machines.ts': ['core', 'plant', 'root'],
  'src/move-database.ts': ['core', 'plant', 'root'],
  'src/model-twin.ts': ['core', 'plant', 'root'],
  // The process that holds keys of providers is made of one room; who reads its settings is loaded beside it.
  'src/gateway.ts': ['core', 'plant', 'root'],
  'src/gateway-settings.ts': ['core', 'works', 'root'],
  // What the package brings with it is looked at without opening a machine.
  'src/shipped.ts': ['core', 'plant', 'root'],
  'src/product-lines.ts': ['core', 'works', 'root'],
};

const mayImport: Readonly<Record<Place['layer'], readonly Place['layer'][]>> = {
  core: ['core'],
  plant: ['core', 'plant'],
  works: ['core', 'works'],
  doors: ['core', 'doors', 'root'],
  root: ['core', 'root'],
  kit: ['core', 'kit'],
  outside: ['core', 'plant', 'works', 'doors', 'root', 'kit', 'outside'],
};

/** Imports point down only: works never plant, nothing a door, and only the joiners see works or plant. */
export function layers(modules: readonly Module[]): Fault[] {
  return faultsOfImports(modules, 'layers', (from, to, path) => {
    const allowed = joining[path] ?? mayImport[from.layer];
    if (allowed.includes(to.layer)) return null;
    return `${from.layer} must not import ${to.layer}: it may import ${allowed.join(', ')}. What it needs of ${to.layer} is a port in src/core/ports, given by ${joiner}.`;
  });
}

/** Rooms of plant are strangers to one another. */
export function siblings(modules: readonly Module[]): Fault[] {
  return faultsOfImports(modules, 'siblings', (from, to) => {
    if (from.layer !== 'plant' || to.layer !== 'plant' || from.room === to.room) return null;
    return `plant/${from.room} must not import plant/${to.room}: ask for it as a parameter, ${joiner} hands it over.`;
  });
}

/** A room is entered through its index.ts. */
export function frontDoors(modules: readonly Module[]): Fault[] {
  return faultsOfImports(modules, 'front-doors', (from, to) => {
    const hasDoor = to.room !== null && ['plant', 'works', 'doors'].includes(to.layer);
    const sameRoom = from.layer === to.layer && from.room === to.room;
    if (!hasDoor || sameRoom || to.isIndex) return null;
    return `${to.layer}/${to.room} is entered through its index.ts.`;
  });
}

type Judge = (from: Place, to: Place, path: string) => string | null;

function faultsOfImports(modules: readonly Module[], rule: string, judge: Judge): Fault[] {
  return modules
    .filter((module) => !placeOf(module.path).isTest)
    .flatMap((module) => module.imports.flatMap((request) => faultOf(module, request, rule, judge)));
}

function faultOf(module: Module, request: Import, rule: string, judge: Judge): Fault[] {
  if (request.target === null) return [];
  const message = judge(placeOf(module.path), placeOf(request.target), module.path);
  return message === null ? [] : [{ rule, path: module.path, line: request.line, message: `${request.specifier}: ${message}` }];
}
