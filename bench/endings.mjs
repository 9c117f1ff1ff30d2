import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { load, spread, timed } from './measure.mjs';
import { inHome, jidoka, machinesOf, startWorker, up } from './place.mjs';
import { processesOf } from './processes.mjs';
import { followFeed } from './tiny-run.mjs';

const kills = 10;
const cancels = 5;
const patienceMs = 60_000;
/** Told from the sleeps of others by its length. */
const sleeping = /** @type {const} */ (['sleep', `${86_000 + (process.pid % 100)}.${process.pid}`]);

/** From SIGKILL of a worker to the moment at which another has begun its stage anew; one stands by. */
export function takeover() {
  return inHome(async ({ folder, home }) => {
    const machines = await machinesOf(home);
    const stop = new AbortController();
    /** @type {number[]} */
    const latencies = [];
    const workers = [startWorker(home), startWorker(home)];
    try {
      const begun = listener();
      const { ended: followed } = await followFeed(machines.feed, stop.signal, ({ body }) => {
        if (body.type === 'stage.started') begun.hear(body.where.pid);
      });
      await leave(home, folder, 'takeover');
      let holder = await begun.next();
      for (let turn = 0; turn < kills; turn += 1) {
        await standingBy(machines, 2);
        const killedAt = performance.now();
        process.kill(holder, 'SIGKILL');
        holder = await begun.next();
        latencies.push(performance.now() - killedAt);
        workers.push(startWorker(home));
      }
      stop.abort();
      await followed;
      return { goalMs: 5000, ms: spread(latencies, 0), loadAverage: load() };
    } finally {
      stop.abort();
      for (const worker of workers) worker.kill('SIGKILL');
      await machines.close();
    }
  });
}

/** From `jidoka cancel` to the end of the last process of the stage: counted from its start, which includes Node's, and from its answer. */
export function cancelTime() {
  return inHome(async ({ folder, home }) => {
    await up(home);
    /** @type {number[]} */
    const fromStart = [];
    /** @type {number[]} */
    const fromAnswer = [];
    for (let turn = 0; turn < cancels; turn += 1) {
      await leave(home, folder, `cancel-${turn}`);
      await until(() => processesOf(sleeping).length > 0);
      const [{ run }] = JSON.parse(await jidoka(home, ['runs', '--json'])).runs;
      const startedAt = performance.now();
      let answeredAt = Infinity;
      const answered = jidoka(home, ['cancel', run]).then(() => (answeredAt = performance.now()));
      await until(() => processesOf(sleeping).length === 0);
      const goneAt = performance.now();
      await answered;
      fromStart.push(goneAt - startedAt);
      fromAnswer.push(Math.max(0, goneAt - answeredAt));
    }
    return { goalMs: 2000, fromStartMs: spread(fromStart, 0), afterAnswerMs: spread(fromAnswer, 0), loadAverage: load() };
  });
}

/**
 * Leaves a run to the workers whose only stage sleeps for a day.
 *
 * @param {string} home
 * @param {string} folder
 * @param {string} key
 */
async function leave(home, folder, key) {
  const [repository, lineFile] = [join(folder, 'repository'), join(folder, 'line.yaml')];
  mkdirSync(repository, { recursive: true });
  writeFileSync(join(repository, 'package.json'), '{ "name": "bench", "version": "1.0.0" }\n');
  writeFileSync(lineFile, JSON.stringify(line));
  timed(['git', 'init', '-q', repository]);
  timed(['git', 'add', '.'], { cwd: repository });
  const who = ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost'];
  timed(['git', ...who, 'commit', '-q', '--allow-empty', '-m', key], { cwd: repository });
  await jidoka(home, ['run', 'task', '--line', lineFile, '--title', 'Sleep', '--key', key, '--repo', repository, '--dry-run', '--detach']);
}

const line = {
  apiVersion: 'jidoka/v1',
  kind: 'Line',
  name: 'sleep',
  summary: 'One command that does not come to its end.',
  seed: 'task',
  nonGoals: [],
  scope: { paths: ['src/**'], protectedPaths: [] },
  stages: [{ id: 'sleep', does: 'command', run: sleeping, timeout: '2d' }],
  inspection: [{ check: 'command', demand: 'must-hold' }],
  noOpRules: [{ code: 'all-stages-hold', statement: 'Every stage holds.', proof: 'what each stage came to' }],
  policy: { baselineRuns: 1, minimumReleaseAgeDays: 0, reuseBaseline: '1h' },
};

/**
 * @param {import('./place.mjs').Machines} machines
 * @param {number} wanted
 */
function standingBy({ engine }, wanted) {
  return until(async () => (await engine.executors()).filter(({ role, isLive }) => role === 'worker' && isLive).length >= wanted);
}

/** @param {() => boolean | Promise<boolean>} holds */
async function until(holds) {
  const deadline = performance.now() + patienceMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`nothing came of it within ${patienceMs / 1000} s`);
    await pause(10);
  }
}

/** Hands what is heard to whoever waits for the next. */
function listener() {
  /** @type {number[]} */
  const heard = [];
  return {
    hear: (/** @type {number} */ pid) => void heard.push(pid),
    next: async () => {
      await until(() => heard.length > 0);
      return heard.shift() ?? 0;
    },
  };
}
