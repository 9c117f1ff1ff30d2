export { playedStation } from './played-station.ts';
export { stationBook } from './station-book.ts';
export { commandStation } from './command-station.ts';
