export { reportDesk } from './report-desk.ts';
