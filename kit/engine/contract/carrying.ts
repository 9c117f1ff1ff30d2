import type { NewLimit } from '../../../src/core/ports/control.ts';
import type { NewStep } from '../../../src/core/ports/engine.ts';
import type { Bench } from './bench.ts';

/** The line of a test, as a key of limits and pauses. */
export function lineOf({ name }: Bench): string {
  return `line:${name}`;
}

export function stepsOf(bench: Bench, ids: readonly string[], change: Partial<NewStep>): readonly NewStep[] {
  return ids.map((id) => bench.step(id, change));
}

/** Sets limits as an operator does. */
export function limiter(bench: () => Bench): (key: string, atOnce: number | null, rate?: NewLimit['rate']) => Promise<void> {
  return (key, atOnce, rate = null) => bench().control.setLimit({ key, atOnce, rate, by: 'operator' });
}
