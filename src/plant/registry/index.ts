export { npmRegistry } from './npm-registry.ts';
export type { ClientOptions as NpmRegistryOptions } from './client.ts';
export { npmUpstreams, type UpstreamsOptions as NpmUpstreamsOptions } from './upstreams.ts';
