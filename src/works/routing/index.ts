export { routingDesk } from './routing-desk.ts';
