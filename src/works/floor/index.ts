export { floorDesk } from './floor-desk.ts';
export type { FloorNeeds } from './needs.ts';
export { whereabouts } from './whereabouts.ts';
