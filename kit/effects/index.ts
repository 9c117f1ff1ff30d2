export { Death, Mortal } from './mortal.ts';
export { Outside, type Made } from './outside.ts';
