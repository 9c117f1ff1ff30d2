export { floorRoot } from './floor-root.ts';
export type { HostFloorOptions } from './ground.ts';
export { hostFloor } from './host-floor.ts';
