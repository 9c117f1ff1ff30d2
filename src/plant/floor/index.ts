export { floorRoot } from './floor-root.ts';
export { hostFloor } from './host-floor.ts';
export type { HostFloorOptions } from './host-floor.ts';
