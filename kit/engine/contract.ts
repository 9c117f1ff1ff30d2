import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest';
import { Bench, type EnginesUnderTest } from './contract/bench.ts';
import { dying } from './contract/dying.ts';
import { failing } from './contract/failing.ts';
import { fencing } from './contract/fencing.ts';
import { holdingBack } from './contract/holding-back.ts';
import { planning } from './contract/planning.ts';
import { serving } from './contract/serving.ts';
import { slots } from './contract/slots.ts';

export type { EnginesUnderTest, EngineUnderTest } from './contract/bench.ts';

/**
 * What every engine promises, with the control beside it. `make` is called once; each engine it opens is a process of the
 * same factory.
 *
 * @example
 * engineContract('the engine in memory', async () => {
 *   const plant = memoryPlant();
 *   const open = async () => {
 *     const engine = memoryEngine(plant);
 *     return { engine, die: engine.die, beTakenForDead: engine.beTakenForDead };
 *   };
 *   return { open, control: memoryControl(plant), close: async () => {} };
 * });
 */
export function engineContract(name: string, make: () => Promise<EnginesUnderTest>): void {
  describe(name, () => {
    let under: EnginesUnderTest;
    let bench: Bench;
    const current = (): Bench => bench;
    beforeAll(async () => {
      under = await make();
    });
    beforeEach(async () => {
      bench = await Bench.open(under);
    });
    afterEach(() => bench.clear());
    afterAll(() => under.close());

    describe('works and their steps', () => {
      planning(current);
    });
    describe('taking steps', () => {
      serving(current);
    });
    describe('a step that is lost', () => {
      fencing(current);
    });
    describe('a process that ends', () => {
      dying(current);
    });
    describe('a step that throws', () => {
      failing(current);
    });
    describe('slots', () => {
      slots(current);
    });
    describe('what holds steps back', () => {
      holdingBack(current);
    });
  });
}
