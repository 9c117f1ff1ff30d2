import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withFileLock } from './file-lock.ts';
import { processLife, thisMachine } from './process-life.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-lock-'));
  path = join(folder, 'lock');
});
afterEach(() => rm(folder, { recursive: true }));

describe('the file lock', () => {
  it('lets one in at a time, and everyone in the end', async () => {
    const crowd = gatherCrowd();
    await Promise.all(Array.from({ length: 12 }, crowd.enter));
    expect(crowd.most()).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is let go when the work throws', async () => {
    await expect(withFileLock(path, () => Promise.reject(new Error('broke')))).rejects.toThrow('broke');
    expect(await withFileLock(path, async () => 'in')).toBe('in');
  });

  it.each([
    ['a dead process', () => deadPid()],
    ['a process whose pid another has now', async () => process.pid],
  ])('is taken over from %s, by one of many', async (_, pid) => {
    await writeFile(path, JSON.stringify({ pid: await pid(), life: 'long ago', nonce: 'x' }));
    const order: string[] = [];
    await Promise.all(['a', 'b', 'c'].map((name) => withFileLock(path, async () => void order.push(name))));
    expect(order.sort()).toEqual(['a', 'b', 'c']);
    expect(await readdir(folder)).toEqual([]);
  });

  it('keeps one inside while many take over one stale lock after another', async () => {
    const crowd = gatherCrowd();
    for (let turn = 0; turn < 40; turn += 1) {
      await writeFile(path, JSON.stringify({ pid: 1, life: 'long ago', nonce: String(turn) }));
      await Promise.all(Array.from({ length: 6 }, crowd.enter));
    }
    expect(crowd.most()).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is taken over where who was taking it over died too', async () => {
    const stale = JSON.stringify({ pid: await deadPid(), life: 'long ago', nonce: 'x' });
    const marker = `${path}.${createHash('sha256').update(stale).digest('hex').slice(0, 16)}`;
    await writeFile(path, stale);
    await writeFile(marker, JSON.stringify({ pid: await deadPid(), life: 'not so long ago', nonce: 'y' }));
    expect(await withFileLock(path, async () => 'in')).toBe('in');
    expect(await readdir(folder)).toEqual([]);
  });

  it('of a holder in another container is left while it is touched, and taken over when it fell silent', async () => {
    const [host, boot] = (await thisMachine()).split(' ');
    await writeFile(path, JSON.stringify({ pid: await deadPid(), life: 'elsewhere', machine: `${host}-b ${boot} pid:[1]`, nonce: 'x' }));
    const patience = { ms: 100, code: 'git-failed' } as const;
    await expect(withFileLock(path, async () => 'in', patience)).rejects.toMatchObject({ code: 'git-failed' });
    const longAgo = new Date(Date.now() - 31_000);
    await utimes(path, longAgo, longAgo);
    expect(await withFileLock(path, async () => 'in', patience)).toBe('in');
  });

  it('of before a reboot is taken over at once, whoever has its pid now', async () => {
    const [host] = (await thisMachine()).split(' ');
    await writeFile(path, JSON.stringify({ pid: process.pid, life: await processLife(process.pid), machine: `${host} earlier pid:[1]` }));
    expect(await withFileLock(path, async () => 'in', { ms: 100, code: 'git-failed' })).toBe('in');
  });

  it('is taken over where its content is no claim at all', async () => {
    await writeFile(path, '');
    expect(await withFileLock(path, async () => 'in')).toBe('in');
  });
});

describe('the life of a process', () => {
  it('is the same for as long as the process lives, and null after', async () => {
    expect(await processLife(process.pid)).toBe(await processLife(process.pid));
    expect(await processLife(process.pid)).not.toBe(await processLife(process.ppid));
    expect(await processLife(await deadPid())).toBeNull();
  });
});

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '0']);
  await once(child, 'close');
  return child.pid ?? 0;
}

/** Callers of one lock, with the most that were ever inside at once. */
function gatherCrowd(): { enter(): Promise<void>; most(): number } {
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise(setImmediate);
    inside -= 1;
  };
  return { enter: () => withFileLock(path, work), most: () => most };
}
