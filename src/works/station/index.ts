export { commandStation } from './command-station.ts';
