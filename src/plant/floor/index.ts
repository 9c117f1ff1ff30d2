export { containerFloor, type ContainerFloorOptions } from './container/index.ts';
export { enginePlaces } from './engine-places.ts';
export { firstThatHolds } from './first-that-holds.ts';
export { floorRoot } from './place/floor-root.ts';
export type { FloorOptions } from './ground.ts';
export { hostFloor } from './host-floor.ts';
export { ownPrograms } from './spawn/own-programs.ts';
export { sandboxFloor, type SandboxFloorOptions } from './sandbox-floor.ts';
export { sshFloor, type SshFloorOptions } from './ssh/ssh-floor.ts';
