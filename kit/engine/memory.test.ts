import { memoryControl } from '../control/index.ts';
import { engineContract } from './contract.ts';
import { memoryEngine } from './memory-engine.ts';
import { memoryPlant } from './memory-plant.ts';

engineContract('the engine in memory', async () => {
  const plant = memoryPlant();
  return {
    open: async () => {
      const engine = memoryEngine(plant);
      return { engine, die: () => engine.die(), beTakenForDead: () => engine.beTakenForDead() };
    },
    control: memoryControl(plant),
    close: async () => {},
  };
});
