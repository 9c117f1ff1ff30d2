export { gateDesk } from './gate-desk.ts';
