export { gatewayAccess, noGateway, type GatewayAccessOptions } from './model-access.ts';
export { ownGateway, type OwnGateway, type OwnGatewayOptions } from './own-gateway.ts';
