export { containerFloor } from './container-floor.ts';
export type { ContainerFloorOptions } from './ground.ts';
