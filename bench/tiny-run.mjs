import { submitRun } from '../dist/src/works/run/index.js';

/** @typedef {import('../dist/src/machines.js').Machines} Machines */
/** @typedef {import('../dist/src/works/run/index.js').RunInput} RunInput */
/** @typedef {import('../dist/src/core/ports/feed.js').Feed} Feed */
/** @typedef {(event: import('../dist/src/core/evidence/event.js').LedgerEvent) => void} Hear */

/** A line whose only stage asks a person: a run on it takes the whole way through works and ledger, and no workspace. */
/** @type {RunInput['line']} */
const line = {
  apiVersion: 'jidoka/v1',
  kind: 'Line',
  name: 'bench',
  summary: 'One question and nothing to change.',
  seed: 'task',
  nonGoals: [],
  scope: { paths: ['src/**'], protectedPaths: [] },
  stages: [
    { id: 'ask', does: 'gate', gate: { question: 'May it go on?', roles: ['reviewer'], expires: '7d', choices: ['approve', 'reject'] } },
  ],
  inspection: [{ check: 'person', demand: 'must-hold' }],
  noOpRules: [{ code: 'all-stages-hold', statement: 'Every stage holds.', proof: 'what each stage came to' }],
  policy: { baselineRuns: 1, minimumReleaseAgeDays: 0, reuseBaseline: '1h' },
};

/** @type {import('../dist/src/core/gate/answer.js').Actor} */
export const reviewer = { name: 'bench', kind: 'person', roles: ['reviewer'] };

/**
 * Submits a run that stops at a gate, on a repository that is only a name.
 *
 * @param {Machines} machines
 * @param {number} number
 */
export async function submitTinyRun(machines, number) {
  const needs = { ...machines, stations: new Map(), router: null, progress: () => {} };
  const input = inputOf(number);
  await machines.engine.transaction((tx) => submitRun(input, needs, tx));
  return input.run;
}

/**
 * @param {number} number
 * @returns {RunInput}
 */
function inputOf(number) {
  const key = `task-${number}`;
  const name = `repository-${number}`;
  /** @type {RunInput['seed']['repository']} */
  const repository = {
    id: name,
    name,
    location: `/srv/${name}`,
    kind: 'local',
    directory: '',
    baseCommit: '0'.repeat(40),
    branch: 'main',
    uncommitted: 0,
  };
  const common = { line: line.name, key, repository, scope: /** @type {const} */ ('all'), actor: 'bench', trusted: true };
  return {
    run: `bench-${key}`,
    seed: { ...common, kind: 'task', title: `Task ${number}`, body: '', paths: ['src/**'] },
    line,
    lineDigest: 'a'.repeat(64),
    attempt: 1,
    delivery: 'report',
    advisories: null,
    parent: null,
    priority: 100,
  };
}

/**
 * Calls back with each event that comes from now on, until the signal is aborted; `ended` resolves after the last.
 *
 * @param {Feed} feed
 * @param {AbortSignal} signal
 * @param {Hear} hear
 */
export async function followFeed(feed, signal, hear) {
  return { ended: follow(feed, await feed.end(), { signal, hear }) };
}

/**
 * @param {Feed} feed
 * @param {string} from
 * @param {{ readonly signal: AbortSignal, readonly hear: Hear }} listener
 */
async function follow(feed, from, { signal, hear }) {
  for (let cursor = from; !signal.aborted;) {
    const page = await feed.after(cursor, { limit: 500 });
    for (const { event } of page.events) hear(event);
    cursor = page.cursor;
    if (page.events.length === 0) await feed.wait(1_000, signal);
  }
}
