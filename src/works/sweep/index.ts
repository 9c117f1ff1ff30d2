export { sweepFloor } from './sweep-floor.ts';
