export { openGatewayStore, type GatewayStore, type GatewayStoreOptions } from './open-store.ts';
export type { StoreDatabase } from './store-database.ts';
