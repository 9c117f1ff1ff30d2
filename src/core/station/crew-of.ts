import type { Line, Stage } from '../line/line.ts';
import { stationsOf } from '../line/stations.ts';
import type { Station, Stations } from '../ports/station.ts';
import { lacks } from './lacks.ts';

/** Who may do a stage. */
export interface StageCrew {
  /** In the order in which they are tried. */
  readonly able: readonly Station[];
  /** Stations that are here and do not give what the role of the stage needs, and why. */
  readonly unfit: readonly { readonly station: Station; readonly why: string }[];
}

/** The stations of a stage that this factory has, told apart by whether they can work in its role. */
export function crewOf(stage: Stage, { roles = [] }: Pick<Line, 'roles'>, stations: Pick<Stations, 'get'>): StageCrew {
  const role = roles.find(({ name }) => name === stage.role) ?? null;
  const here = stationsOf(stage).flatMap((name) => stations.get(name) ?? []);
  const judged = here.map((station) => ({
    station,
    why: station.capabilities === undefined ? '' : lacks(station.capabilities, role).join(', and '),
  }));
  return {
    able: judged.filter(({ why }) => why === '').map(({ station }) => station),
    unfit: judged
      .filter(({ why }) => why !== '')
      .map(({ station, why }) => ({ station, why: `It cannot be the "${role?.name}": ${why}.` })),
  };
}
