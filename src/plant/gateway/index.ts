export { memoryBudgets } from './budget/memory-budgets.ts';
export { newToken } from './keys/key-token.ts';
export { memoryKeys } from './keys/memory-keys.ts';
export { allRecorders } from './record/all-recorders.ts';
export { fileRecorder } from './record/file-recorder.ts';
export { withoutKeys } from './record/without-keys.ts';
export { type GatewayOptions, type RunningGateway, startGateway } from './serve/start-gateway.ts';
export { type ProviderKey, readProviderKeys, secretsOf } from './upstream/provider-keys.ts';
export { slotTable } from './upstream/slot-table.ts';
