export { cli } from './cli.ts';
export { processWorld, type Sink, type World } from './world.ts';
