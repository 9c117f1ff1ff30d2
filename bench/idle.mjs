import { setTimeout as pause } from 'node:timers/promises';
import { load } from './measure.mjs';
import { inHome, up } from './place.mjs';
import { usageOver } from './processes.mjs';

const seconds = 30;

/** What a daemon with nothing to do takes of the machine, with its PostgreSQL. */
export function idle() {
  return inHome(async ({ home }) => {
    const daemon = await up(home);
    await pause(8_000); // what the start left behind comes to rest
    const usage = await usageOver(daemon, seconds);
    return { goals: { cpuPercent: 2, memoryMb: 150 }, ...usage, loadAverage: load() };
  });
}
