import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import type { Account } from '../account.ts';
import { belonging } from './processes.ts';
import { askTheirUser, isWithheld, parsePs, processViewer } from './see-processes.ts';

test('what ps prints is read with its environment, and descendants of a marked process belong', () => {
  const seen = parsePs('  10     1    10 node server.js PATH=/bin JIDOKA_JOB=a.1\n  11    10    11 sleep 60 PATH=/bin\n 12 1 12 other\n');
  expect(belonging(seen, { marker: 'JIDOKA_JOB=a.', group: null })).toEqual([10, 11]);
  expect(belonging(seen, { marker: 'JIDOKA_JOB=b.', group: 12 })).toEqual([12]);
});

test.runIf(process.platform === 'linux')('processes whose environment root may not read are found by asking as their user', async () => {
  const asRoot = process.getuid?.() === 0;
  const nobody = { uid: 65534, gid: 65534 };
  const child = spawn('sleep', ['60'], { env: { JIDOKA_JOB: 'hidden.1', PATH: '/bin:/usr/bin' }, ...(asRoot ? nobody : {}) });
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  const account: Account = { user: asRoot ? nobody : null, name: '', node: '', npm: '', tools: { PATH: '/bin:/usr/bin' }, caveats: [] };
  const hidden = [{ pid, parent: 1, group: pid, started: '', environment: null }];
  const seen = await askTheirUser(hidden, 'JIDOKA_JOB=hidden.', account);
  child.kill('SIGKILL');
  expect(belonging(seen, { marker: 'JIDOKA_JOB=hidden.', group: null })).toEqual([pid]);
});

test('another user is asked only for what he may be shown', () => {
  const [root, job] = [0, 65534];
  expect(isWithheld('EACCES', () => job, root)).toBe(true);
  expect(isWithheld('EPERM', () => job, root)).toBe(true);
  expect(isWithheld('EACCES', () => null, root)).toBe(true);
  expect(isWithheld('EACCES', () => root, root)).toBe(false);
  expect(isWithheld('ESRCH', () => job, root)).toBe(false);
  expect(isWithheld('ENOENT', () => null, root)).toBe(false);
});

test.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
  'threads of the kernel are no reason to ask another user',
  async () => {
    const account: Account = { user: null, name: '', node: '', npm: '', tools: {}, caveats: [] };
    const threads = (await processViewer(account)('JIDOKA_JOB=none.')).filter(({ parent }) => parent === 2);
    expect(threads.filter(({ environment }) => environment === null)).toEqual([]);
  },
);
