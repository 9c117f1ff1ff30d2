// A process of its own that takes steps until none has come for two seconds, and says when it held which:
// node bench/serve-steps.mjs HOME AT_ONCE
import { setTimeout as pause } from 'node:timers/promises';
import { machinesOf } from './place.mjs';

const [home = '', atOnce = '1'] = process.argv.slice(2);
const { engine, close } = await machinesOf(home);
/** @type {{ repository: string, from: number, to: number }[]} */
const held = [];
let lastAt = performance.now();
const offer = { role: /** @type {const} */ ('worker'), name: null, queues: null, labels: [], atOnce: Number(atOnce), version: 'bench' };
const service = engine.serve(offer, async (step) => {
  const from = performance.timeOrigin + performance.now();
  await pause(10);
  // Noted before it is given back: from then on the slot may be another's.
  held.push({ repository: String(step.input), from, to: performance.timeOrigin + performance.now() });
  lastAt = performance.now();
  await engine.transaction(async (tx) => {
    await engine.finish(step, tx);
    await engine.end(step.work, null, tx);
  });
});
while (performance.now() - lastAt < 2_000) await pause(50);
await service.stop('when-done');
await close();
process.send?.(held);
process.disconnect();
