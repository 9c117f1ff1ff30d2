export { parseLine } from './parse-line.ts';
