export { orderText, type Known } from './order-text.ts';
