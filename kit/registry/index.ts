export type { Behaviour } from './behaviour.ts';
export { registryContract, type RegistryUnderTest } from './contract.ts';
export { registryDouble, type DoubleOptions, type RegistryDouble } from './double.ts';
export { memoryRegistry, type MemoryRegistry } from './memory.ts';
export { fakePackage, type FakePackage, type FakeRelease } from './packages.ts';
