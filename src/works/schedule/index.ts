export { fireSchedule, removeSchedule, schedules, setSchedule } from './schedules.ts';
