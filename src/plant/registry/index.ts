export type { AdvisoryAnswer, AdvisorySource, KnownAdvisory } from './advisories.ts';
export { npmRegistry } from './npm-registry.ts';
export type { ClientOptions as NpmRegistryOptions } from './client.ts';
