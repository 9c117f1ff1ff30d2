export { complaintOf } from './complaint-of.ts';
export type { Pointer } from './offset.ts';
export { readYaml } from './read-yaml.ts';
