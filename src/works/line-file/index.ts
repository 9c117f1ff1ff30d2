export { forceStation, withoutUnnamed } from './force-station.ts';
export { refuseUnscripted, withScript } from './laid-in/with-script.ts';
export { parseLine } from './parse-line.ts';
