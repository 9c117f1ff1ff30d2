export { stationBook, type StationFamily } from './station-book.ts';
export { commandStation } from './command-station.ts';
