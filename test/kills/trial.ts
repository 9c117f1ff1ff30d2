import { createHash } from 'node:crypto';
import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { git } from '../../kit/forge/index.ts';
import { descendants, fingerprint, living, refsOf, type Ended, type Relative, type Running } from '../../kit/scenario/index.ts';
import { parseDigest, parseRunId } from '../../src/core/base/ids.ts';
import { verifyChain } from '../../src/core/evidence/chain.ts';
import type { EventBody, LedgerEvent } from '../../src/core/evidence/event.ts';
import type { RunDetails, RunResult } from '../../src/core/ports/factory.ts';
import type { Scene } from '../scenarios/scene.ts';

/** A run that a signal has cut, and what there was of it then. */
export interface Cut {
  readonly scene: Scene;
  readonly repository: string;
  readonly before: unknown;
  /** Every process it had started and that lived when it was killed. */
  readonly family: readonly Relative[];
  /** The run, or null where it was cut before there was one. */
  readonly run: string | null;
  readonly events: readonly LedgerEvent[];
  readonly ended: Ended;
}

export const update = ['run', 'deps', '--package', 'plain', '--json'] as const;

/** Starts an update in a repository of its own and kills it when `moment` comes, or finds that it ended before. */
export async function cutAt(
  scene: Scene,
  template: string,
  moment: (running: Running, repository: string) => Promise<unknown>,
): Promise<Cut> {
  const repository = await copyOf(scene, template);
  const before = await fingerprint(repository);
  const running = scene.start(update, { cwd: repository });
  await Promise.race([moment(running, repository), running.ended]);
  const family = await kill(running);
  const ended = await running.ended;
  const run = await runOf(scene, repository);
  return { scene, repository, before, family, run, events: run === null ? [] : (await show(scene, run)).events, ended };
}

/** A repository that nothing has been done to yet, as a cut that has not come. */
export async function untouchedCopy(scene: Scene, template: string): Promise<Cut> {
  const repository = await copyOf(scene, template);
  const ended = { code: null, signal: null, stdout: '', stderr: '' };
  return { scene, repository, before: await fingerprint(repository), family: [], run: null, events: [], ended };
}

/** Everything that must hold of a run that was cut and taken up again, whatever the instant. */
export async function expectWhole({ scene, repository, before, family, run, events }: Cut, second: Ended): Promise<void> {
  expect(second.code, second.stderr).toBe(0);
  const result: RunResult = JSON.parse(second.stdout);
  expect(result.verdict).toBe('PR_READY');
  if (run !== null) expect(result.run).toBe(run);
  const details = await show(scene, result.run);
  expect(details.result).toEqual(result);
  expect(details.events.slice(0, events.length)).toEqual(events);
  expectOnce(details.events);
  await expectDelivered(repository, details);
  expect(await fingerprint(repository)).toEqual(before);
  await expect.poll(() => living(family)).toEqual([]);
  await expect.poll(() => workspaces(scene)).toEqual([]);
  const verified = await scene.ask(['evidence', 'verify', result.evidence.dir, '--head', result.evidence.head]);
  expect(verified.code, verified.stdout).toBe(0);
}

export async function show(scene: Scene, run: string): Promise<RunDetails> {
  const { stdout } = await scene.ask(['show', run, '--json']);
  return JSON.parse(stdout);
}

/** The run of a repository, as the list of runs has it; null where it has none. */
export async function runOf(scene: Scene, repository: string): Promise<string | null> {
  const { stdout } = await scene.ask(['runs', '--limit', '500', '--json']);
  const { runs }: { readonly runs: readonly RunDetails['summary'][] } = JSON.parse(stdout);
  const found = runs.filter((each) => each.repository === repository);
  expect(found.length).toBeLessThanOrEqual(1);
  return found[0]?.run ?? null;
}

export async function copyOf(scene: Scene, template: string): Promise<string> {
  const copies = (await readdir(scene.folder)).filter((name) => name.startsWith('copy-')).length;
  const repository = join(scene.folder, `copy-${copies + 1}`);
  await cp(template, repository, { recursive: true, preserveTimestamps: true });
  return repository;
}

/** Kills one process, and nothing it has started; returns what it had started. */
export async function kill(running: Running): Promise<readonly Relative[]> {
  const early = await descendants(running.pid);
  running.kill('SIGSTOP');
  const family = await descendants(running.pid);
  running.kill('SIGKILL');
  await running.ended;
  const known = new Set(family.map(({ pid }) => pid));
  // The server of the database is shared, and outlives whoever happened to start it.
  return [...family, ...early.filter(({ pid }) => !known.has(pid))].filter(({ name }) => name !== 'postgres');
}

/** Workspaces on the floor and locks that hold them. */
export async function workspaces({ floor }: Scene): Promise<readonly string[]> {
  const spaces = (await readdir(floor)).filter((name) => !name.startsWith('.'));
  return [...spaces, ...(await readdir(join(floor, '.locks')))];
}

/** The chain holds, nothing was completed or delivered twice, and no stage was begun again once it was completed. */
function expectOnce(events: readonly LedgerEvent[]): void {
  const run = parseRunId(events[0]?.run ?? '');
  const sha256 = (content: string | Uint8Array) => parseDigest(createHash('sha256').update(content).digest('hex'));
  expect(verifyChain(run, events, sha256)).toMatchObject({ kind: 'intact' });
  const once: readonly EventBody['type'][] = [
    'run.started',
    'packet.sealed',
    'verdict.decided',
    'evidence.sealed',
    'delivered',
    'run.ended',
  ];
  for (const type of once) expect(events.filter(({ body }) => body.type === type).length, type).toBe(1);
  const completed = events.flatMap(({ body }) => (body.type === 'stage.completed' ? [body.stage] : []));
  expect(completed).toEqual(['applicability', 'baseline', 'change', 'inspection']);
  for (const { body, runSeq } of events) {
    if (body.type !== 'stage.started') continue;
    const end = events.find((event) => event.body.type === 'stage.completed' && event.body.stage === body.stage);
    expect(end?.runSeq, `${body.stage} was begun again`).toBeGreaterThan(runSeq);
  }
}

/** One branch with one commit on the base and one evidence ref, both as the ledger has them, and no other ref. */
async function expectDelivered(repository: string, { events }: RunDetails): Promise<void> {
  const delivery = events.flatMap(({ body }) => (body.type === 'delivered' ? [body.delivery] : []))[0];
  expect(delivery).toMatchObject({ branch: 'jidoka/deps/plain@1.1.0', withheld: null });
  const main = await git(repository, 'rev-parse', 'main');
  expect(Object.fromEntries(await refsOf(repository))).toEqual({
    'refs/heads/main': main,
    [`refs/heads/${delivery?.branch}`]: delivery?.commit,
    [delivery?.evidenceRef ?? '']: delivery?.evidenceCommit,
  });
  expect(await git(repository, 'rev-parse', `${delivery?.branch}^`)).toBe(main);
}
