import type { OwingRun, RoutingDesk } from '../../src/core/ports/factory.ts';

/** Routes for doors: what a script has of them. */
export class MemoryRouting implements RoutingDesk {
  readonly #owing: readonly OwingRun[];

  constructor(owing: readonly OwingRun[]) {
    this.#owing = owing;
  }

  async openRuns(): Promise<readonly OwingRun[]> {
    return this.#owing;
  }
}
