import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimant, claimDaemon } from './claim.ts';
import { lifeOf, type Living } from './life.ts';

let folder: string;
let me: Living;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-claim-'));
  const living = await lifeOf(process.pid);
  if (living === null) throw new Error('this process does not live');
  me = living;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('claimDaemon', () => {
  it('lets exactly one of many that ask at once win, with and without stale claims', async () => {
    for (let round = 1; round <= 20; round += 1) {
      const answers = await Promise.all(Array.from({ length: 12 }, () => claimDaemon(folder, me)));
      expect(answers.filter((answer) => answer === null)).toHaveLength(1);
      expect(answers.filter((answer) => answer?.pid === process.pid)).toHaveLength(11);
      // The winner dies: what it wrote is of a life that is over.
      const [last = ''] = (await readdir(folder)).filter((name) => name.startsWith('claim-'));
      await writeFile(join(folder, last), JSON.stringify({ pid: process.pid, life: 'an earlier one' }));
    }
  });

  it('leaves one file behind, whatever stood there', async () => {
    for (const [at, text] of ['', '{', '{"pid":0}', `{"pid":${process.pid},"life":"another"}`].entries())
      await writeFile(join(folder, `claim-${at + 1}`), text);
    expect(await claimDaemon(folder, me)).toBeNull();
    expect(await readdir(folder)).toEqual(['claim-5']);
  });

  it('names the living process that was first', async () => {
    expect(await claimant(folder)).toBeNull();
    await claimDaemon(folder, me);
    expect(await claimant(folder)).toEqual(me);
    expect(await claimDaemon(folder, me)).toEqual(me);
  });
});

describe('a life', () => {
  it('ends with its process, and is not that of a later one with the same pid', async () => {
    expect(await lifeOf(2 ** 22 + 1)).toBeNull();
    expect((await lifeOf(process.pid))?.life).toBe(me.life);
    expect((await lifeOf(process.ppid))?.life).not.toBe(me.life);
  });
});
