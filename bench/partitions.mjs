import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { load, rounded } from './measure.mjs';
import { inHome, machinesOf } from './place.mjs';

/** @typedef {{ readonly repository: string, readonly from: number, readonly to: number }} Held */

const children = 500;
const workers = 2;
const atOnce = 16;

/**
 * Children over as many repositories, done by two processes under `repository:*` = 1 and `global` = 16; then twice as many,
 * two for each repository. Throws where at any instant a repository had more than one step in hand, or all had more than 16.
 */
export function partitions() {
  return inHome(async ({ home }) => {
    const machines = await machinesOf(home);
    try {
      await machines.control.setLimit({ key: 'repository:*', atOnce: 1, rate: null, by: 'operator' });
      await machines.control.setLimit({ key: 'global', atOnce, rate: null, by: 'operator' });
      await putChildren(machines, 'one', 1);
      const oneEach = await workedOff(home, children);
      await putChildren(machines, 'two', 2);
      const twoEach = await workedOff(home, children * 2);
      return { repositories: children, workers, oneEach, twoEach, loadAverage: load() };
    } finally {
      await machines.close();
    }
  });
}

/**
 * @param {import('./place.mjs').Machines} machines
 * @param {string} name
 * @param {number} each
 */
async function putChildren({ engine }, name, each) {
  const rest = { rates: [], scopes: ['factory', 'line:bench', 'queue:stages'], starts: true, labels: [], priority: 100, notBefore: null };
  await engine.transaction(async (tx) => {
    for (let number = 0; number < children * each; number += 1) {
      const [id, repository] = [`${name}-${number}`, `r${number % children}`];
      await engine.submit({ id, kind: 'run', line: 'bench', repository, parent: `${name}-parent`, input: repository }, tx);
      const slots = ['global', 'line:bench', `repository:${repository}`, 'queue:stages'];
      await engine.plan(id, [{ id: 'step', queue: 'stages', slots, ...rest }], tx);
    }
  });
}

/**
 * @param {string} home
 * @param {number} steps
 */
async function workedOff(home, steps) {
  const held = (await Promise.all(Array.from({ length: workers }, () => worked(home)))).flat();
  if (held.length !== steps) throw new Error(`${held.length} steps were done, not ${steps}`);
  const most = { all: mostAtOnce(held), ofOneRepository: Math.max(...byRepository(held).map(mostAtOnce)) };
  if (most.all > atOnce || most.ofOneRepository > 1) throw new Error(`limits were passed: ${JSON.stringify(most)}`);
  const ms = Math.max(...held.map(({ to }) => to)) - Math.min(...held.map(({ from }) => from));
  return { steps, ms: Math.round(ms), claimsPerSecond: rounded((steps * 1000) / ms), mostAtOnce: most };
}

/**
 * @param {string} home
 * @returns {Promise<readonly Held[]>}
 */
async function worked(home) {
  const worker = fork(fileURLToPath(new URL('serve-steps.mjs', import.meta.url)), [home, String(atOnce)]);
  const [held] = await once(worker, 'message');
  await once(worker, 'exit');
  return held;
}

/** @param {readonly Held[]} held */
function byRepository(held) {
  /** @type {Map<string, Held[]>} */
  const groups = new Map();
  for (const one of held) groups.set(one.repository, [...(groups.get(one.repository) ?? []), one]);
  return [...groups.values()];
}

/**
 * Ends count before beginnings of the same instant.
 *
 * @param {readonly Held[]} held
 */
function mostAtOnce(held) {
  const turns = held
    .flatMap(({ from, to }) => [
      { at: from, by: 1 },
      { at: to, by: -1 },
    ])
    .sort((left, right) => left.at - right.at || left.by - right.by);
  let [now, most] = [0, 0];
  for (const { by } of turns) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}
