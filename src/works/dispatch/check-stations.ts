import { JidokaError } from '../../core/base/error.ts';
import type { Line } from '../../core/line/line.ts';
import { isByStation, stationsOf } from '../../core/line/stations.ts';
import type { RunNeeds } from '../run/index.ts';

/**
 * Told before any work is done: the schema of a line does not know which stations a factory has. Of several that a stage
 * names, one that it has is enough. Throws `line-invalid`.
 */
export function checkStations({ name, stages }: Line, { stations }: Pick<RunNeeds, 'stations'>): void {
  const stage = stages.find(
    (candidate) => isByStation(candidate) && candidate.optional !== true && !stationsOf(candidate).some((named) => stations.has(named)),
  );
  if (stage === undefined) return;
  const named = stationsOf(stage);
  const which = named.length === 1 ? `the station "${named[0]}"` : `the stations ${named.map((each) => `"${each}"`).join(', ')}`;
  throw new JidokaError('line-invalid', `Stage "${stage.id}" of line "${name}" names ${which}, which this factory does not have.`, {
    mend: `Name one of: ${[...stations.keys()].join(', ')}.`,
  });
}
