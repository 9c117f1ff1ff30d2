import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBench, type Bench } from './matrix/bench.ts';
import { idOf, isExpected, type Cell } from './matrix/case.ts';
import { digestOf, firstClass, overAcp, trials, type Trial } from './matrix/cases.ts';

/** What scripts/prove-agents.mjs asks for, as JSON. */
interface Order {
  /** Agents to try; all of them where it is empty. */
  readonly agents: readonly string[];
  /** Cases to try, by the beginning of their names; all of them where it is empty. */
  readonly only: readonly string[];
  /** What came of trials before. */
  readonly before: readonly Cell[];
  /** How many times as long as usual limits are. */
  readonly patience: number;
  /** Tells the code of the factory that is tried. */
  readonly code: string;
  /** Folder for what came of each. */
  readonly cells: string;
  /** File for all trials that there are, and what of each is kept from before. */
  readonly plan: string;
}

/** What is tried by every run of the slow suite: the two agents that start within half a second, and an agent's end of each kind. */
const slice: readonly string[] = ['claude-code', 'codex'].flatMap((agent) =>
  [
    'outcomes/honest-fix',
    'outcomes/no-report',
    'outcomes/false-report',
    'faults/login',
    'faults/silent-stream',
    'hostile/leaves-a-daemon',
  ].map((name) => `${agent} ${name}`),
);
const handovers = ['claude-code handovers/login-to-codex'];

const text = process.env['JIDOKA_AGENTS'];
const order = text === undefined ? null : (JSON.parse(text) as Order);
const tried = trials.filter((trial) => (order === null ? [...slice, ...handovers].includes(nameOf(trial)) : isWanted(trial, order)));

let bench: Bench;
beforeAll(async () => {
  if (order !== null)
    await writeFile(order.plan, JSON.stringify(trials.map((trial) => ({ name: nameOf(trial), digest: digestOf(trial) }))));
  bench = await openBench([...new Set(tried.flatMap(programsOf))], order?.patience ?? 1);
}, 900_000);
afterAll(() => bench.close());

it('finds all that it is to try', () => {
  const wanted = order === null ? slice.length + handovers.length : 1;
  expect(tried.length + (order?.before.length ?? 0)).toBeGreaterThanOrEqual(wanted);
});

describe.each([...new Set(tried.map(({ agent }) => agent))])('%s', (agent) => {
  const own = tried.filter((trial) => trial.agent === agent);
  it.each(own.map((trial) => [`${idOf(trial.of)}: ${trial.of.statement}`, trial] as const))('%s', async (_, trial) => {
    const cell = await bench.try(trial);
    if (order !== null) await keep(cell, order);
    expect(cell.faults).toEqual([]);
  });
});

async function keep(cell: Cell, { cells: folder, code }: Order): Promise<void> {
  const { agent, case: name, outcome, seconds, faults } = cell;
  process.stderr.write(
    `${faults.length === 0 ? 'ok  ' : 'FAIL'} ${agent} ${name}: ${outcome} (${seconds} s)${faults.map((fault) => `\n     ${fault}`).join('')}\n`,
  );
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${agent}+${name}`.replaceAll(/[^\w+-]/g, '_')), JSON.stringify({ ...cell, code }));
}

function isWanted(trial: Trial, { agents, only, before }: Order): boolean {
  const of = idOf(trial.of);
  const asked = (agents.length === 0 || agents.includes(trial.agent)) && (only.length === 0 || only.some((name) => of.startsWith(name)));
  return asked && !before.some((cell) => isKept(cell, trial));
}

/** It was the very same trial, and it went well by what is expected now. */
function isKept({ agent, case: name, digest, faults, outcome }: Cell, trial: Trial): boolean {
  const isSame = `${agent} ${name}` === nameOf(trial) && digest === digestOf(trial);
  return isSame && faults.length === 0 && isExpected(outcome, trial.of.expected);
}

function nameOf({ agent, of }: Trial): string {
  return `${agent} ${idOf(of)}`;
}

/** What has to be installed for a trial. */
function programsOf({ agent, of }: Trial): readonly string[] {
  if (of.group === 'acp') return [of.name.split('-')[0] ?? ''];
  const named = [...(of.name.startsWith('not-installed') ? [] : [agent]), ...(of.next ?? [])];
  return named.flatMap((name) => {
    if (name === 'acp:claude-code') return ['claude-agent-acp'];
    if (name === 'acp:codex') return ['codex-acp'];
    return [...firstClass, ...overAcp].some((known) => known === name) ? [name.replace(/^acp:/, '')] : [];
  });
}
