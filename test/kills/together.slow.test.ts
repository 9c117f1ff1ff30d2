import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { descendants, living } from '../../kit/scenario/index.ts';
import { openDatabase } from '../../src/plant/postgres/index.ts';
import type { Scene } from '../scenarios/scene.ts';
import { atHold, heldProject } from './hold.ts';
import { openPlace } from './place.ts';
import { cutAt, expectWhole, kill, runOf, show, untouchedCopy, update } from './trial.ts';

let scene: Scene;
let template: string;
beforeAll(async () => {
  ({ scene, template } = await openPlace());
});
afterAll(() => scene.close());

const joined = (line: string): boolean => line.includes('joined, another process works on it');

describe('two processes with the same seed', () => {
  it('work it once, and both print the same result', async () => {
    const untouched = await untouchedCopy(scene, template);
    const first = scene.start(update, { cwd: untouched.repository });
    await first.says((line) => line.includes('baseline …'));
    const second = scene.start(update, { cwd: untouched.repository });
    await second.says(joined);
    const [one, two] = await Promise.all([first.ended, second.ended]);
    expect(two.stdout).toBe(one.stdout);
    expect(two.stderr).toContain('✓ inspection');
    await expectWhole(untouched, one);
    await expectWhole(untouched, two);
  });

  it('work it once also where they start at the same instant', async () => {
    const untouched = await untouchedCopy(scene, template);
    const [one, two] = await Promise.all([
      scene.jidoka(update, { cwd: untouched.repository }),
      scene.jidoka(update, { cwd: untouched.repository }),
    ]);
    // On a busy machine the later one may come between two steps of the run, or to its end.
    const metTheOther = /joined, another process works on it|goes on where it stopped|has ended before/u;
    expect([one.stderr, two.stderr].filter((text) => metTheOther.test(text)).length).toBe(1);
    expect(two.stdout).toBe(one.stdout);
    await expectWhole(untouched, two);
  });

  it('lose nothing when the first is killed: the second takes over', async () => {
    const held = await heldProject(scene);
    const untouched = await untouchedCopy(scene, held.template);
    const first = scene.start(update, { cwd: untouched.repository });
    const suite = await atHold(held.folder, first);
    const second = scene.start(update, { cwd: untouched.repository });
    await second.says(joined);
    const family = await kill(first);
    expect(family.map(({ pid }) => pid)).toContain(suite);
    // Nobody lets the suite of the first go on: it is there until it is ended.
    await expectWhole({ ...untouched, family }, await second.ended);
  });
});

describe('a run that is interrupted', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s ends with %i, leaves no process, and names the command that goes on', async (signal, code) => {
    const untouched = await untouchedCopy(scene, template);
    const running = scene.start(update, { cwd: untouched.repository });
    await running.says((line) => line.includes('running the suite, 1 of 2'));
    const family = await descendants(running.pid);
    running.kill(signal);
    const ended = await running.ended;
    const run = await runOf(scene, untouched.repository);
    expect(ended.code).toBe(code);
    expect(JSON.parse(ended.stdout)).toEqual({
      error: { code: 'interrupted', message: expect.stringContaining(signal), mend: expect.stringContaining(`resume ${run}`) },
    });
    await expect.poll(() => living(family)).toEqual([]);
    expect((await show(scene, run ?? '')).summary.state).toBe('interrupted');
    const { events } = await show(scene, run ?? '');
    await expectWhole({ ...untouched, run, events }, await scene.jidoka(['resume', run ?? '', '--json']));
  });
});

describe('a postmaster that is killed', () => {
  it.each(['running the suite, 1 of 2', 'inspection: installing'])('in the middle of a run costs no result: at "%s"', async (said) => {
    const untouched = await untouchedCopy(scene, template);
    const running = scene.start(update, { cwd: untouched.repository });
    await running.says((line) => line.includes(said));
    process.kill(await postmaster(), 'SIGKILL');
    await expectWhole(untouched, await running.ended);
  });

  it('together with the process leaves a run that the same command brings to its end', async () => {
    const cut = await cutAt(scene, template, async (running) => {
      await running.says((line) => line.includes('change …'));
      process.kill(await postmaster(), 'SIGKILL');
    });
    await expectWhole(cut, await scene.jidoka(update, { cwd: cut.repository }));
  });
});

async function postmaster(): Promise<number> {
  const database = await openDatabase({
    home: scene.home,
    url: null,
    binDir: process.env['JIDOKA_PG_BIN'] ?? null,
    env: scene.env,
    log: () => {},
  });
  try {
    return Number.parseInt(await readFile(join(database.where, 'postmaster.pid'), 'utf8'), 10);
  } finally {
    await database.close();
  }
}
