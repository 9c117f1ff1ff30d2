export { gitForge } from './git-forge.ts';
export type { GitForgeOptions } from './git-forge.ts';
export type { HostLock } from './host-lock.ts';
