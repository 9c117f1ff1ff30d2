import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claudeDouble, type HoldPoint } from '../../kit/agent/index.ts';
import { makeRepository, type MadeRepository } from '../../kit/forge/index.ts';
import { living, refsOf, type Ended, type Relative } from '../../kit/scenario/index.ts';
import type { EventBody } from '../../src/core/evidence/event.ts';
import type { RunDetails } from '../../src/core/ports/factory.ts';
import { partWords } from '../agents/ticket-line.ts';
import { agentScript, slugFiles, ticket } from '../bug/slugs.ts';
import { openScene, type Scene } from '../scenarios/scene.ts';
import { readResult } from '../scenarios/read-result.ts';
import { atHold } from './hold.ts';
import { kill, runOf, show, workspaces } from './trial.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene([]);
  // The user that commands run as finds the agent below it.
  await chmod(scene.folder, 0o755);
});
afterAll(() => scene.close());

/** One ticket with an agent of its own, which stops at a point of the change. */
interface Trial {
  readonly repository: MadeRepository;
  readonly folder: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

let count = 0;
async function trial(hold: HoldPoint | null): Promise<Trial> {
  const key = `T-${(count += 1)}`;
  const folder = join(scene.folder, key);
  await mkdir(folder);
  // The user that commands run as writes there too.
  await chmod(folder, 0o777);
  const [repository, file] = [await makeRepository(slugFiles), await scene.write(`${key}.md`, `${ticket}\nReported as ${key}.\n`)];
  await writeFile(join(folder, 'claude'), claudeDouble({ script: agentScript(), forms: partWords, folder, hold }), { mode: 0o755 });
  const env = { PATH: `${folder}:${scene.env['PATH'] ?? ''}`, JIDOKA_MODEL_URL: 'http://127.0.0.1:9' };
  const args = ['run', 'bug', '--ticket', file, '--repo', repository.path, '--station', 'claude-code', '--key', key, '--json'];
  return { repository, folder, args, env };
}

interface Told {
  readonly form: string;
  readonly session: string;
  readonly former: string | null;
  readonly order: string;
}

/** What the agent was told in the stage of the change, process by process. */
async function heard({ folder }: Trial): Promise<readonly Told[]> {
  const lines = (await readFile(join(folder, 'heard'), 'utf8')).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Told).filter(({ form }) => form === 'change'); // written by the double
}

function ofChange<Type extends EventBody['type']>(
  { events }: RunDetails,
  type: Type,
): readonly Extract<EventBody, { readonly type: Type }>[] {
  const bodies = events.map(({ body }) => body);
  return bodies.filter(
    (body): body is Extract<EventBody, { readonly type: Type }> => body.type === type && 'stage' in body && body.stage === 'change',
  );
}

/** What must hold of a ticket whatever was killed: one branch, one claim for each attempt, nobody and nothing left. */
async function expectWhole({ repository }: Trial, ended: Ended, family: readonly Relative[]): Promise<RunDetails> {
  const result = readResult(ended);
  expect(`${result.verdict} ${result.reason.code}`).toBe('PR_READY validated');
  const details = await show(scene, result.run);
  expect(ofChange(details, 'claim.made')).toHaveLength(1);
  expect(ofChange(details, 'stage.completed')).toHaveLength(1);
  expect([...(await refsOf(repository.path)).keys()].filter((name) => name.startsWith('refs/heads/jidoka'))).toHaveLength(1);
  await expect.poll(() => living(family)).toEqual([]);
  await expect.poll(() => workspaces(scene)).toEqual([]);
  await repository.remove();
  return details;
}

/** Kills the factory with kill -9 when the agent stands at a point, and lets another one go on. */
async function cutAt(
  hold: HoldPoint,
  moment: (at: Trial) => Promise<unknown> = async () => undefined,
): Promise<{ trial: Trial; details: RunDetails }> {
  const one = await trial(hold);
  const running = scene.start(one.args, { env: one.env });
  await atHold(one.folder, running);
  await moment(one);
  const family = await kill(running);
  await writeFile(join(one.folder, 'go'), '');
  const run = await runOf(scene, one.repository.path);
  const second = await scene.jidoka(['resume', run ?? '', '--json'], { env: one.env });
  return { trial: one, details: await expectWhole(one, second, family) };
}

describe('a factory that is killed while an agent works', () => {
  it('before the agent has told its session: it is begun anew from the base', async () => {
    const { trial: one, details } = await cutAt('start');
    expect(ofChange(details, 'station.resumed')).toMatchObject([{ station: 'claude-code', how: 'begun-anew' }]);
    expect((await heard(one)).map(({ former }) => former)).toEqual([null, null]);
  });

  it('after it changed files: its own session goes on in a new process, in the same tree', async () => {
    const { trial: one, details } = await cutAt('edited');
    expect(ofChange(details, 'station.resumed')).toMatchObject([{ how: 'session', why: '' }]);
    const [first, second, ...more] = await heard(one);
    expect(second).toMatchObject({
      former: first?.session,
      session: first?.session,
      order: expect.stringMatching(/^You were interrupted/),
    });
    expect(more).toEqual([]);
    const places = ofChange(details, 'station.started').map(({ workspace }) => workspace);
    expect(new Set(places).size).toBe(1);
  });

  it('after its report was accepted: the report counts, and nobody is asked again', async () => {
    const { trial: one, details } = await cutAt('reported', untilNoted(/"report":\{/));
    expect(ofChange(details, 'station.resumed')).toMatchObject([{ how: 'reported' }]);
    expect(await heard(one)).toHaveLength(1);
  });

  it('while what the agent left is being harvested: it is harvested again', async () => {
    const { trial: one, details } = await cutAt('reported', async (at) => {
      await untilNoted(/"report":\{/)(at);
      const pid = Number(await readFile(join(at.folder, 'at'), 'utf8'));
      await writeFile(join(at.folder, 'go'), '');
      while (existsSync(`/proc/${pid}`)) await pause(5);
    });
    expect(ofChange(details, 'station.resumed').map(({ how }) => how)).toEqual(['reported']);
    expect(await heard(one)).toHaveLength(1);
  });

  it('as a worker: the next worker goes on with the session', async () => {
    const one = await trial('edited');
    const first = scene.start(['worker'], { env: one.env });
    const left = await scene.jidoka([...one.args.filter((arg) => arg !== '--json'), '--detach'], { env: one.env });
    expect(left.code, left.stderr).toBe(0);
    await atHold(one.folder, first);
    const family = await kill(first);
    await writeFile(join(one.folder, 'go'), '');
    const second = scene.start(['worker'], { env: one.env });
    const run = (await runOf(scene, one.repository.path)) ?? '';
    // Before that, whoever asks for the end would work on it too, where this machine lets the worker starve.
    await untilEnded(run);
    const ended = await scene.jidoka(['resume', run, '--json'], { env: one.env });
    // A worker that is stopped leaves what it has not put away to the next one.
    await expect.poll(() => workspaces(scene)).toEqual([]);
    second.kill('SIGTERM');
    await second.ended;
    const details = await expectWhole(one, ended, family);
    expect(ofChange(details, 'station.resumed')).toMatchObject([{ how: 'session' }]);
    expect(ofChange(details, 'stage.started').map(({ where }) => where.pid)).toEqual([first.pid, second.pid]);
  });
});

it('an agent that is killed alone goes on with its own session, in the same attempt', async () => {
  const one = await trial('edited');
  const running = scene.start(one.args, { env: one.env });
  const pid = await atHold(one.folder, running);
  await writeFile(join(one.folder, 'go'), '');
  process.kill(pid, 'SIGKILL');
  const details = await expectWhole(one, await running.ended, []);
  expect(ofChange(details, 'station.resumed')).toEqual([]);
  const [first, second, ...more] = await heard(one);
  expect(second?.former).toBe(first?.session);
  expect(more).toEqual([]);
});

/** Resolves when a run has ended, and looks at it without a hand in it. */
async function untilEnded(run: string): Promise<void> {
  while (!(await show(scene, run)).events.some(({ body }) => body.type === 'run.ended')) await pause(100);
}

/** Resolves when the ledger has something on record of the agent at work. */
function untilNoted(what: RegExp): (at: Trial) => Promise<void> {
  return async ({ repository }) => {
    for (;;) {
      const run = await runOf(scene, repository.path);
      const noted = run === null ? [] : ofChange(await show(scene, run), 'station.noted');
      if (noted.some(({ handle }) => what.test(JSON.stringify(handle)))) return;
      await pause(50);
    }
  };
}
