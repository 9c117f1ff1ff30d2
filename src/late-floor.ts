import type { Floor } from './core/ports/floor.ts';

/** A floor that nobody may have needed. */
export interface LateFloor extends Floor {
  /** Whether somebody asked something of it. */
  readonly isUsed: boolean;
}

/**
 * A floor that is looked at by the first who asks something of it. A process that only reads the ledger sends no canaries,
 * reaches for no engine of containers and for no other machine.
 *
 * @example
 * const floor = lateFloor('host', () => hostFloor(options));
 * await floor.close(); // nothing was made
 */
export function lateFloor(kind: string, make: () => Floor): LateFloor {
  let made: Floor | null = null;
  const floor = (): Floor => (made ??= make());
  return {
    get kind() {
      return made?.kind ?? kind;
    },
    get isUsed() {
      return made !== null;
    },
    probe: async () => floor().probe(),
    prepare: async (order) => floor().prepare(order),
    open: async (name, options) => floor().open(name, options),
    attach: async (ref, options) => floor().attach(ref, options),
    list: async () => floor().list(),
    reap: async (options) => floor().reap(options),
    close: async () => made?.close(),
  };
}
