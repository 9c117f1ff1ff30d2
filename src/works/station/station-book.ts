import type { Station, StationFamily, Stations } from '../../core/ports/station.ts';

/**
 * The stations of a factory: those with a name of their own, and those of families, each made once.
 *
 * @example
 * stationBook([mechanic], [{ word: 'model:', make: modelStation }]).get('model:small')?.name; // 'model:small'
 */
export function stationBook(crew: readonly Station[], families: readonly StationFamily[]): Stations {
  const known = new Map(crew.map((station) => [station.name, station]));
  const made = new Map<string, Station>();
  const get = (name: string): Station | undefined => {
    const found = known.get(name) ?? made.get(name);
    const family = families.find(({ word }) => name.startsWith(word) && name.length > word.length);
    if (found !== undefined || family === undefined) return found;
    const station = family.make(name.slice(family.word.length));
    made.set(name, station);
    return station;
  };
  return {
    get,
    has: (name) => get(name) !== undefined,
    keys: () => [...known.keys(), ...families.map(({ word }) => `${word}NAME`)].values(),
  };
}
