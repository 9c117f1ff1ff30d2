import { execFileSync } from 'node:child_process';
import { link, mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { diskBytes } from './disk-bytes.ts';
import { watchDisk } from './index.ts';
import type { DiskWatched } from './index.ts';

const kib = 1024;
let root: string;
let watched: DiskWatched | null = null;
beforeEach(async () => void (root = await mkdtemp(join(tmpdir(), 'jidoka-disk-'))));
afterEach(async () => {
  watched?.stop();
  watched = null;
  await rm(root, { recursive: true, force: true });
});

function du(folder: string): number {
  return Number(execFileSync('du', ['-s', '-B1', folder], { encoding: 'utf8' }).split('\t')[0]);
}

async function grown(name: string, bytes: number): Promise<string> {
  const file = join(root, name);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, Buffer.alloc(bytes, 'x'));
  return file;
}

describe('what folders take', () => {
  test('is what du says: blocks, each file once, no link followed', async () => {
    const first = await grown('a/b/first', 300 * kib);
    await link(first, join(root, 'a/second'));
    await grown('c/third', 1);
    await truncate(await grown('c/sparse', 0), 2 ** 30);
    await symlink('/usr', join(root, 'usr'));
    for (let file = 0; file < 50; file += 1) await grown(`many/${file}`, 5_000);
    expect(await diskBytes([root])).toBe(du(root));
    expect(await diskBytes([root])).toBeLessThan(2 ** 20);
  });

  test('is counted once where a folder is named twice or within another, and is nothing where there is none', async () => {
    await grown('a/file', 100 * kib);
    expect(await diskBytes([root, join(root, 'a'), root, join(root, 'none')])).toBe(du(root));
  });

  test('can be counted while it vanishes', async () => {
    for (let file = 0; file < 300; file += 1) await grown(`many/${file % 30}/${file}`, 1);
    const [bytes] = await Promise.all([diskBytes([root]), rm(join(root, 'many'), { recursive: true })]);
    expect(bytes).toBeGreaterThanOrEqual(0);
  });
});

describe('a watch', () => {
  test('calls back once when there is more than allowed, and tells how much', async () => {
    const calls: number[] = [];
    watched = watchDisk({ folders: [root], allowedBytes: 200 * kib, exceeded: (bytes) => calls.push(bytes) });
    expect(await watched.bytes()).toBeLessThan(200 * kib);
    expect(calls).toEqual([]);
    await grown('big', 400 * kib);
    await expect.poll(() => calls, { timeout: 20_000 }).toHaveLength(1);
    await grown('bigger', 800 * kib);
    expect(await watched.bytes()).toBeGreaterThanOrEqual(1_200 * kib);
    // It may have looked while the file was being written.
    expect(calls).toEqual([expect.toSatisfy((bytes: number) => bytes > 200 * kib)]);
  });

  test('that was stopped calls nobody', async () => {
    await grown('big', 400 * kib);
    const calls: number[] = [];
    const stopped = watchDisk({ folders: [root], allowedBytes: 1, exceeded: (bytes) => calls.push(bytes) });
    stopped.stop();
    watched = watchDisk({ folders: [root], allowedBytes: 1, exceeded: () => calls.push(-1) });
    await expect.poll(() => calls, { timeout: 20_000 }).toEqual([-1]);
    expect(await stopped.bytes()).toBeGreaterThan(400 * kib);
    expect(calls).toEqual([-1]);
  });

  test('of folders that may take as much as they want looks at nothing by itself', async () => {
    await grown('big', 400 * kib);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const counted = watchDisk({ folders: [root], allowedBytes: Infinity, exceeded: () => undefined });
      expect(vi.getTimerCount()).toBe(0);
      expect(await counted.bytes()).toBeGreaterThan(400 * kib);
      counted.stop();
    } finally {
      vi.useRealTimers();
    }
  });
});
