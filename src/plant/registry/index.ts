export { npmRegistry } from './npm-registry.ts';
export type { ClientOptions as NpmRegistryOptions } from './client.ts';
