export { forceStation, withoutUnnamed } from './force-station.ts';
export { parseLine } from './parse-line.ts';
