export { ask, sayTo, type Asked } from './ask.ts';
export { egressContract, type EgressUnderTest } from './egress-contract.ts';
export { registryFront, type FrontOptions, type RegistryFront } from './registry-front.ts';
