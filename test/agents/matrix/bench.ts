import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { makeRepository, type MadeRepository } from '../../../kit/forge/index.ts';
import type { Ended } from '../../../kit/scenario/index.ts';
import { mended, source, sourcePath, specimen } from '../../../kit/repository/index.ts';
import type { LedgerEvent } from '../../../src/core/evidence/event.ts';
import { memoryTape, readScenario, startModelTwin } from '../../../src/plant/twin/index.ts';
import { slugFiles, slugs, ticket } from '../../bug/slugs.ts';
import { readResult } from '../../scenarios/read-result.ts';
import { openScene, type Scene } from '../../scenarios/scene.ts';
import { idOf, isExpected, type Case, type Cell, type Seen } from './case.ts';
import { digestOf, type Trial } from './cases.ts';
import { installAgent, withoutAgent } from '../install.ts';
import { calledOf, killedOnce } from './factory.ts';
import { token } from './hostile.ts';
import { Leftovers } from './left.ts';
import { lineFor } from './line.ts';
import { deliveryFaults, recordFaults, refsOf, sceneFaults } from './look.ts';
import { freePort } from '../../net/free-port.ts';

/** A factory with real agents in it, on the sandbox floor, in which trials are made one after the other. */
export interface Bench {
  try(trial: Trial): Promise<Cell>;
  close(): Promise<void>;
}

/** Longer takes no run whose limits are kept. */
const patienceMs = 300_000;
const lock = { name: 'slugs', version: '1.0.0', lockfileVersion: 3, requires: true, packages: { '': { name: 'slugs', version: '1.0.0' } } };

/** Opens a bench, and installs these agents into its factory as an owner does. */
export async function openBench(agents: readonly string[], patience: number): Promise<Bench> {
  const port = await freePort();
  const scene = await openScene([], { floor: 'sandbox', env: { JIDOKA_MODEL_URL: `http://127.0.0.1:${port}` } });
  await chmod(scene.folder, 0o755);
  await writeFile(join(scene.folder, 'user', '.netrc'), `password ${token}\n`);
  const fixed = source(slugs.dialect, mended);
  const readme = { 'README.md': '# slugs\n\nLetters with accents are dropped from slugs on purpose.\n' };
  const repositories: Record<NonNullable<Case['repository']>, MadeRepository> = {
    quiet: await makeRepository(slugFiles),
    failing: await makeRepository({ ...specimen('node:test').files, ...readme, 'package-lock.json': JSON.stringify(lock) }),
    mended: await makeRepository({ ...slugFiles, [sourcePath]: fixed }),
  };
  for (const agent of agents) await installAgent(agent, scene);
  const bench = { scene, port, patience, repositories, left: new Leftovers(scene.floor), count: 0 };
  return {
    try: (trial) => attempt(bench, trial),
    close: async () => {
      await scene.close();
      for (const repository of Object.values(repositories)) await repository.remove();
    },
  };
}

interface Stand {
  readonly scene: Scene;
  /** Where the factory looks for models; each trial has a twin of its own there. */
  readonly port: number;
  /** How many times as long as usual limits are. */
  readonly patience: number;
  readonly repositories: Readonly<Record<NonNullable<Case['repository']>, MadeRepository>>;
  readonly left: Leftovers;
  count: number;
}

async function attempt(stand: Stand, trial: Trial): Promise<Cell> {
  const { agent, of } = trial;
  const beganMs = performance.now();
  const faults: string[] = [];
  let [outcome, why] = ['NONE', ''];
  try {
    const trying = (): Promise<Done> => work(stand, trial);
    const done = await (of.without === undefined ? trying() : withoutAgent(of.without, stand.scene, trying));
    ({ outcome, why } = done);
    faults.push(...done.faults);
  } catch (error) {
    faults.push(error instanceof Error ? error.message.slice(0, 2_000) : String(error));
  }
  const seconds = Math.round((performance.now() - beganMs) / 100) / 10;
  const left = await stand.left.left();
  if (!isExpected(outcome, of.expected)) faults.unshift(`it ended in ${outcome}, and not in ${of.expected.join(' or ')}: ${why}`);
  return {
    agent,
    case: idOf(of),
    stages: of.parts ?? 'change',
    digest: digestOf(trial),
    expected: of.expected,
    outcome,
    seconds,
    orphans: left.length,
    faults: [...faults, ...left],
  };
}

interface Done {
  readonly outcome: string;
  /** The reason in words. */
  readonly why: string;
  readonly faults: readonly string[];
}

async function work(stand: Stand, trial: Trial): Promise<Done> {
  const { scene, repositories, left } = stand;
  const { agent, of } = trial;
  const key = `T-${(stand.count += 1)}`;
  const repository = repositories[of.repository ?? (of.parts === 'all' ? 'quiet' : 'failing')];
  const fill = (text: string): string => text.replaceAll('TARGET', repository.path).replaceAll('OWNER', join(scene.folder, 'user'));
  const words = of.ticket ?? ticket;
  // What tells tickets apart would be something said, where nothing is.
  const isBare = !words.trim().includes('\n');
  const file = await scene.write(`${key}.md`, isBare ? words : `${words}\nReported as ${key}.\n`);
  const line = await lineFor({ ...trial, patience: stand.patience }, (name, content) => scene.write(name, content), `line-${key}`);
  const tape = memoryTape();
  const scenario = readScenario(fill(JSON.stringify(of.scenario)), key);
  const twin = await startModelTwin({ scenario, port: stand.port, tape, replay: null });
  const over = new AbortController();
  const watching = left.watch(over.signal);
  const refs = await refsOf(repository);
  try {
    const args = ['run', 'bug', '--ticket', file, '--repo', repository.path, '--key', key, '--line', line, '--json', '--until-gate'];
    const { factoryDiesAt: isLast } = of;
    const running = inTime(isLast === undefined ? scene.ask(args) : killedOnce(args, { scene, tape, isLast }));
    const meddling = of.during?.({ called: (isIt) => calledOf(tape, isIt, running), killAgent: () => killAgent(left) });
    // What went wrong with it is told where the run has ended.
    const meddled =
      meddling?.then(
        () => null,
        (error: unknown) => String(error),
      ) ?? Promise.resolve(null);
    const ended = await running;
    const trouble = await meddled;
    const faults = trouble === null ? [] : [trouble];
    if (ended.code === 2) return { outcome: `REFUSED ${codeOf(ended)}`, why: `${ended.stdout}${ended.stderr}`, faults };
    if (ended.code === 5) return await waiting(stand, ended.stdout, faults);
    const result = readResult(ended);
    const events = await eventsOf(scene, result.run);
    const seen: Seen = { agent, result, events, calls: tape.entries() };
    const found = [
      ...faults,
      ...(await recordFaults(scene, result)),
      ...(await deliveryFaults(repository, { result, of, refs })),
      ...sceneFaults(of, seen),
    ];
    return {
      outcome: `${result.verdict} ${result.reason.code}`,
      why: [result.reason.message, ...notesOf(seen)].join('; '),
      faults: [...found, ...(of.also?.(seen) ?? [])],
    };
  } finally {
    over.abort();
    await twin.close();
    await watching;
  }
}

/** What the twin could not do as the scenario says. */
function notesOf({ calls }: Seen): readonly string[] {
  return [...new Set(calls.flatMap(({ note }) => (note === null ? [] : [`the twin: ${note}`])))];
}

/** The code of an error, as a command line tells it. */
function codeOf({ stdout, stderr }: Ended): string {
  return /"code":\s*"([^"]+)"/.exec(`${stdout}${stderr}`)?.[1] ?? 'nothing';
}

/** A run that waits for a person waits for nobody here. */
async function waiting({ scene }: Stand, stdout: string, faults: readonly string[]): Promise<Done> {
  const { run } = JSON.parse(stdout) as { readonly run: string };
  await scene.ask(['cancel', run]);
  return { outcome: 'WAITS person', why: 'a gate is open', faults };
}

async function eventsOf(scene: Scene, run: string): Promise<readonly LedgerEvent['body'][]> {
  const shown = JSON.parse((await scene.ask(['show', run, '--json'])).stdout) as { readonly events: readonly LedgerEvent[] };
  return shown.events.map(({ body }) => body);
}

async function inTime<T>(running: Promise<T>): Promise<T> {
  const over = new AbortController();
  const late = pause(patienceMs, undefined, { signal: over.signal }).then(() => {
    throw new Error(`the run did not end within ${patienceMs} ms`);
  });
  late.catch(() => undefined); // it is heard of by the race
  try {
    return await Promise.race([running, late]);
  } finally {
    over.abort();
  }
}

/** The agent itself: neither what walls it in, nor what it started. */
async function killAgent(left: Leftovers): Promise<number> {
  const own = (await left.processes()).filter(
    ({ command }) => /^(?:\S*node (?:--\S+ )*)?\S*\/agents\/[^ /]+@/.test(command) && !/forwarder/.test(command),
  );
  for (const { pid } of own) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
  return own.length;
}
