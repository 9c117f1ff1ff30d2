// A process of its own that puts steps for another to take: node bench/put-steps.mjs HOME COUNT EVERY_MS
import { setTimeout as pause } from 'node:timers/promises';
import { machinesOf } from './place.mjs';

const [home = '', count = '0', everyMs = '0'] = process.argv.slice(2);
const { engine, close } = await machinesOf(home);
for (let number = 0; number < Number(count); number += 1) {
  const putAt = performance.timeOrigin + performance.now();
  const id = `put-${number}`;
  await engine.transaction(async (tx) => {
    await engine.submit({ id, kind: 'run', line: 'bench', repository: id, parent: null, input: putAt }, tx);
    const rest = { slots: ['global'], rates: [], scopes: [], starts: false, labels: [], priority: 100, notBefore: null };
    await engine.plan(id, [{ id: 'step', queue: 'stages', ...rest }], tx);
  });
  await pause(Number(everyMs));
}
await close();
