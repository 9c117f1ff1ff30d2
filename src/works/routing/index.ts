export { decideRoute, type RouteOrder } from './decide-route.ts';
export { routingDesk } from './routing-desk.ts';
