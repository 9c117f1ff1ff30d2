import { noModuleMocks } from './honest-tests.ts';
import type { Rule } from './module.ts';
import { packageHomes } from './packages.ts';
import { purity } from './purity.ts';
import { fileSizes, names, narrowDoors, narrowPorts, roomSizes } from './shape.ts';
import { moduleState } from './state.ts';
import { vendorNames } from './vendors.ts';
import { frontDoors, layers, siblings } from './walls.ts';

/** Every law of the house by the name its faults carry. */
export const laws: Readonly<Record<string, Rule>> = {
  layers,
  siblings,
  'front-doors': frontDoors,
  'package-homes': packageHomes,
  purity,
  'module-state': moduleState,
  'vendor-names': vendorNames,
  'file-sizes': fileSizes,
  'narrow-doors': narrowDoors,
  'narrow-ports': narrowPorts,
  'room-sizes': roomSizes,
  names,
  'no-module-mocks': noModuleMocks,
};
