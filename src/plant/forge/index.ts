export { gitForge } from './git-forge.ts';
export type { GitForgeOptions } from './git-forge.ts';
