import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folderWorkspace } from '../../../../../kit/floor/index.ts';
import { companyOf } from './company.ts';

const hogs = `const { Worker } = require('node:worker_threads');
for (let left = ${cpus().length}; left > 0; left -= 1) new Worker('for (;;) {}', { eval: true });
console.log('busy');`;

it('who keeps every processor busy is seen', async () => {
  const workspace = folderWorkspace(await mkdtemp(join(tmpdir(), 'jidoka-company-')));
  const other = spawn(process.execPath, ['-e', hogs], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(other.stdout, 'data');
    const [seen] = await companyOf(workspace, 'before', new AbortController().signal);
    expect(seen).toMatchObject({ when: 'before', processors: cpus().length });
    // Where this process may use a part of the machine only, so may the other.
    expect(seen?.busy).toBeGreaterThan(0.4);
  } finally {
    other.kill('SIGKILL');
    await workspace.destroy();
  }
});

it('a machine that does not tell has none', async () => {
  const spawnNothing = async () =>
    ({ exit: { kind: 'not-started', message: 'no node' }, stdout: '', stderr: '', truncated: false, durationMs: 1 }) as const;
  expect(await companyOf({ spawn: spawnNothing }, 'after', new AbortController().signal)).toEqual([]);
});
