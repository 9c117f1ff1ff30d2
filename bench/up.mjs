import { load, median } from './measure.mjs';
import { databaseOf, inHome, jidoka } from './place.mjs';

const times = 5;

/**
 * Wall time of `jidoka up` until the daemon answers: in a home that never was, where the database was made but does not
 * run, and where it runs.
 */
export async function upTime() {
  const firstEver = await repeat(() => inHome(({ home }) => upMs(home)));
  const later = await inHome(async ({ home }) => {
    await upMs(home);
    const stopped = await repeat(() => upMs(home));
    const database = await databaseOf(home);
    const running = await repeat(() => upMs(home));
    await database.close();
    return { stopped, running };
  });
  const medians = { firstEver: median(firstEver), databaseStopped: median(later.stopped), databaseRunning: median(later.running) };
  return { goalsMs: { firstEver: 3000, after: 1000 }, medianMs: medians, allMs: { firstEver, ...later }, loadAverage: load() };
}

/** @param {string} home */
async function upMs(home) {
  const begun = performance.now();
  await jidoka(home, ['up', '--port', '0']);
  const ms = Math.round(performance.now() - begun);
  await jidoka(home, ['down']);
  return ms;
}

/** @param {() => Promise<number>} measure */
async function repeat(measure) {
  const all = [];
  for (let turn = 0; turn < times; turn += 1) all.push(await measure());
  return all;
}
