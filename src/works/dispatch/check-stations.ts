import { JidokaError } from '../../core/base/error.ts';
import type { Line, Stage } from '../../core/line/line.ts';
import { isByStation, stationsOf } from '../../core/line/stations.ts';
import { crewOf } from '../../core/station/crew-of.ts';
import type { RunNeeds } from '../run/index.ts';

/**
 * Told before any work is done: the schema of a line knows neither which stations a factory has nor what they give. Of
 * several that a stage names, one that can work in its role is enough. Throws `line-invalid`.
 */
export function checkStations(line: Line, { stations }: Pick<RunNeeds, 'stations'>): void {
  for (const stage of line.stages) {
    if (!isByStation(stage) || stage.optional === true) continue;
    const { able, unfit } = crewOf(stage, line, stations);
    if (able.length > 0) continue;
    throw unfit.length === 0 ? unknown(stage, line, [...stations.keys()]) : unable(stage, line, unfit);
  }
}

function unknown(stage: Stage, { name }: Line, known: readonly string[]): JidokaError {
  const named = stationsOf(stage);
  const which = named.length === 1 ? `the station "${named[0]}"` : `the stations ${named.map((each) => `"${each}"`).join(', ')}`;
  return new JidokaError('line-invalid', `Stage "${stage.id}" of line "${name}" names ${which}, which this factory does not have.`, {
    mend: `Name one of: ${known.join(', ')}.`,
  });
}

function unable(stage: Stage, { name }: Line, unfit: ReturnType<typeof crewOf>['unfit']): JidokaError {
  const whys = unfit.map(({ station, why }) => `${station.name}: ${why}`).join(' ');
  return new JidokaError('line-invalid', `No station of stage "${stage.id}" of line "${name}" gives what its role needs. ${whys}`, {
    mend: 'Name a station that gives it (docs/stations.md), or ask less of the role.',
  });
}
