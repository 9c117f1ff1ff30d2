export { ask, sayTo, type Asked } from './ask.ts';
export { deskDouble, type DeskDouble } from './desk-double.ts';
export type { EgressUnderTest, EgressWorld } from './bench.ts';
export { egressContract, egressPackagesContract } from './egress-contract.ts';
export { gitClientContract } from './git-client-contract.ts';
export { jobRepositories, runGit, type JobRepositories, type JobRepository } from './job-repositories.ts';
export { modelDouble, upstreamAt, type ModelDouble } from './model-double.ts';
export { portToSocket } from './port-to-socket.ts';
export { registryFront, type FrontOptions, type RegistryFront } from './registry-front.ts';
