export { floorRoot } from './floor-root.ts';
export type { FloorOptions } from './ground.ts';
export { hostFloor } from './host-floor.ts';
export { sandboxFloor, type SandboxFloorOptions } from './sandbox-floor.ts';
