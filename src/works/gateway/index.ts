export { parseGateway } from './parse-gateway.ts';
