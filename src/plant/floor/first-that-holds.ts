import { isJidokaError } from '../../core/base/error.ts';
import { onceUnlessFailed } from '../../core/base/once-unless-failed.ts';
import type { Floor } from '../../core/ports/floor.ts';

/**
 * A floor, or another in its place where the first finds no wall on this machine: found out once, by proof of both. Where
 * the other holds nothing either, the fault is the first's, with what to do to get it.
 *
 * @example
 * const floor = firstThatHolds(sandboxFloor(options), containerFloor(others));
 */
export function firstThatHolds(first: Floor, other: Floor): Floor {
  let known: Floor | null = null;
  const chosen = onceUnlessFailed(async () => (known = await choose(first, other)));
  return {
    get kind() {
      return (known ?? first).kind;
    },
    probe: async () => (await chosen()).probe(),
    prepare: async (order) => (await chosen()).prepare(order),
    open: async (name, options) => (await chosen()).open(name, options),
    attach: async (ref, options) => (ref.floor === other.kind ? other : await chosen()).attach(ref, options),
    list: async () => (await chosen()).list(),
    reap: async (options) => (await chosen()).reap(options),
    close: async () => {
      await first.close();
      await other.close();
    },
  };
}

async function choose(first: Floor, other: Floor): Promise<Floor> {
  try {
    await first.probe();
    return first;
  } catch (error) {
    if (!isJidokaError(error) || error.code !== 'no-sandbox') throw error;
    const holds = await other.probe().then(
      ({ tier }) => tier !== 'T0' && tier !== 'T1',
      () => false,
    );
    if (!holds) throw error;
    return other;
  }
}
