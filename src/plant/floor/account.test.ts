import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findAccount } from './account.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-account-'));
  // The user that commands run as looks for its tools there.
  await chmod(folder, 0o755);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function npmThatIs(text: string, mode: number): Promise<string> {
  await symlink(process.execPath, join(folder, 'node'));
  await writeFile(join(folder, 'npm'), text);
  await chmod(join(folder, 'npm'), mode);
  return `${folder}:/usr/bin-that-is-not-there`;
}

test('the versions are those that node and npm tell themselves', async () => {
  const path = process.env['PATH'] ?? '';
  const told = async (tool: string): Promise<string> => (await promisify(execFile)(tool, ['--version'])).stdout.trim();
  expect(await findAccount(tmpdir(), path)).toMatchObject({ node: (await told('node')).slice('v'.length), npm: await told('npm') });
});

test('what is called npm and is another program is asked', async () => {
  const path = await npmThatIs('#!/bin/sh\necho 9.9.9\n', 0o755);
  expect(await findAccount(folder, path)).toMatchObject({ node: process.versions.node, npm: '9.9.9' });
});

test('an npm that does not answer is none', async () => {
  const path = await npmThatIs('#!/bin/sh\nexit 1\n', 0o755);
  await expect(findAccount(folder, path)).rejects.toMatchObject({ code: 'npm-missing' });
});

test('an npm that may not be run is none', async () => {
  const path = await npmThatIs('#!/bin/sh\necho 9.9.9\n', 0o644);
  await expect(findAccount(folder, path)).rejects.toMatchObject({ code: 'npm-missing' });
});
