import { specimenRunners, type SpecimenRunner } from '../../kit/repository/index.ts';
import { cheats, type Deed } from '../../kit/station/index.ts';

/**
 * The cheats that are tried under a runner: all of them for the proof (`npm run prove`); else a third, so that each is
 * tried under two runners.
 */
export function cheatsTriedUnder(runner: SpecimenRunner, extent: 'every-runner' | 'two-runners'): readonly Deed[] {
  if (extent === 'every-runner') return cheats;
  const third = specimenRunners.indexOf(runner) % 3;
  return cheats.filter((_, at) => at % 3 === third);
}
