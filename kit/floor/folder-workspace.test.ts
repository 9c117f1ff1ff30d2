import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { folderWorkspace } from './folder-workspace.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'jd-k-'));
});
afterEach(() => rm(root, { recursive: true }));

// Were listeners gathered, Node.js would warn of them, and a warning fails the test.
test('a program that is told much, piece by piece, gathers no listeners', async () => {
  const talk = await folderWorkspace(root).converse({ argv: ['wc', '-c'], cwd: '', timeoutMs: 60_000, network: 'none' });
  const piece = Buffer.alloc(2 ** 20);
  for (let sent = 0; sent < 20; sent += 1) await talk.write(piece);
  talk.end();
  const said: Buffer[] = [];
  for await (const chunk of talk.output) said.push(Buffer.from(chunk));
  expect(Number(Buffer.concat(said).toString())).toBe(20 * piece.length);
  expect((await talk.result).exit).toEqual({ kind: 'exited', code: 0 });
});
