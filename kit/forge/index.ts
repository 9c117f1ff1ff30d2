export { forgeContract } from './forge-contract.ts';
export type { ForgeUnderTest } from './forge-contract.ts';
export { commitFiles, git, makeRepository } from './make-repository.ts';
export type { MadeRepository, RepositoryOptions } from './make-repository.ts';
