import { plantOutside, runEscapes, type EscapeOutcome } from '../../kit/floor/index.ts';
import type { Workspace } from '../../src/core/ports/floor.ts';
import type { EscapeFloor } from './escape-floors.ts';

/** What became of all attempts on one floor. */
export interface FloorRecord {
  readonly floor: string;
  readonly tier: string;
  readonly wall: string;
  readonly limits: string;
  readonly tried: number;
  readonly refused: number;
  readonly escaped: number;
  readonly impossible: number;
  /** Distinct requests that the way out of the workspaces refused and told of. */
  readonly refusedRequests: number;
  readonly attempts: readonly EscapeOutcome[];
}

/** File to write the record of all floors to; null where nobody asks for it. */
export function recordFile(): string | null {
  return process.env['JIDOKA_PROOF_FLOORS'] ?? null;
}

/** Says what became of the attempts, for whoever reads the log of a run. */
export function tell({ floor, tried, refused, escaped, impossible }: FloorRecord): void {
  process.stdout.write(`escapes from ${floor}: ${tried} tried, ${refused} refused, ${escaped} escaped, ${impossible} not possible there\n`);
}

/** Makes every attempt on a floor, with git as the factory really uses it. */
export async function escapeRecord(name: string, { floor, forge, repository, folder, user, refused }: EscapeFloor): Promise<FloorRecord> {
  const planted = await plantOutside({ folder, user });
  try {
    const attempts = await runEscapes<Workspace>((place, options) => floor.open(place, options), planted, {
      seed: (workspace) => workspace.seed(forge.source(repository)),
      harvest: (workspace) => forge.harvest(repository, workspace),
    });
    const { tier, wall, limits } = await floor.probe();
    const count = (outcome: EscapeOutcome['outcome']): number => attempts.filter((one) => one.outcome === outcome).length;
    const counts = { tried: attempts.length, refused: count('refused'), escaped: count('escaped'), impossible: count('not-possible-here') };
    return { floor: name, tier, wall, limits, ...counts, refusedRequests: refused.size, attempts };
  } finally {
    await planted.close();
  }
}
