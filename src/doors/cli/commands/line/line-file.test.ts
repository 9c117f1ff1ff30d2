import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readLineFile } from '../../input-files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-line-'));
  await write('line.yaml', 'kind: Line\n');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

test('a line file is read with the skills that lie beside it, by their paths below all skills', async () => {
  await write('skills/accents/SKILL.md', 'By NFC.');
  await write('skills/accents/letters/table.txt', 'é');
  expect((await readLineFile('line.yaml', folder)).skills).toEqual([
    { path: 'accents/SKILL.md', text: 'By NFC.' },
    { path: 'accents/letters/table.txt', text: 'é' },
  ]);
});

test('a line file without skills has none', async () => {
  expect(await readLineFile('line.yaml', folder)).toEqual({ path: 'line.yaml', text: 'kind: Line\n' });
});

test('no link is followed out of the skills, be it of a file or of a folder', async () => {
  await write('secret.txt', 'secret');
  await mkdir(join(folder, 'skills/accents'), { recursive: true });
  await symlink(join(folder, 'secret.txt'), join(folder, 'skills/accents/SKILL.md'));
  await expect(readLineFile('line.yaml', folder)).rejects.toMatchObject({
    code: 'line-invalid',
    message: expect.stringContaining('is a link'),
  });
  await rm(join(folder, 'skills'), { recursive: true });
  await mkdir(join(folder, 'elsewhere'));
  await symlink(join(folder, 'elsewhere'), join(folder, 'skills'));
  await expect(readLineFile('line.yaml', folder)).rejects.toMatchObject({
    code: 'line-invalid',
    message: expect.stringContaining('is a link'),
  });
});
