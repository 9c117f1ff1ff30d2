export { cli } from './cli.ts';
export { processWorld } from './world.ts';
