import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findWall, requiredClaims } from './index.ts';

const user = process.getuid?.() === 0 ? { uid: 0x4000_0001, gid: 0x4000_0001 } : null;
const path = process.env['PATH'] ?? '';
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-wall-'));
  await chmod(folder, 0o711);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.runIf(process.platform === 'linux')('a wall that is found has proved all that is required, and leaves nothing', async () => {
  const { wall, claims, tried, mend } = await findWall({ path, probeFolder: folder, user, tools: {} });
  expect(wall?.kind, `${JSON.stringify(tried)} ${mend}`).toMatch(/^(bubblewrap|namespaces)$/);
  expect(claims.filter(({ state }) => state === 'proved').map(({ claim }) => claim)).toEqual(requiredClaims);
  expect(await readdir(folder)).toEqual([]);
});

test('commands of root get no wall, and are told why', async () => {
  const found = await findWall({ path, probeFolder: folder, user: { uid: 0, gid: 0 }, tools: {} });
  expect(found).toMatchObject({ wall: null, claims: [], tried: [{ why: expect.stringMatching(/root|none for/) }] });
  expect(found.mend).not.toBe('');
});
