import { memoryEngine, memoryPlant } from '../engine/index.ts';
import { controlContract } from './contract.ts';
import { memoryControl } from './memory-control.ts';

controlContract('control in memory', async () => {
  const plant = memoryPlant();
  return { control: memoryControl(plant), engine: memoryEngine(plant), close: async () => {} };
});
