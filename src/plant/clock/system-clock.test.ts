import { clockContract } from '../../../kit/clock/index.ts';
import { systemClock } from './index.ts';

clockContract('system', () => {
  const clock = systemClock();
  return { clock, pass: (ms) => clock.sleep(ms) };
});
