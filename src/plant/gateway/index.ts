export { memoryBudgets } from './budget/memory-budgets.ts';
export { memoryKeys } from './keys/memory-keys.ts';
export { type GatewayOptions, type RunningGateway, startGateway } from './serve/start-gateway.ts';
export { type ProviderKey, readProviderKeys } from './upstream/provider-keys.ts';
