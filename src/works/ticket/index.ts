export { judgeTicket } from './judge-ticket.ts';
export { readTicket } from './read-ticket.ts';
