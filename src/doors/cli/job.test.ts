import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { isInsideJob } from './job.ts';

it('a process that bears the mark of a floor is within a job', async () => {
  expect(await isInsideJob({ JIDOKA_JOB: 'a.1' }, 1)).toBe(true);
});

it('nobody is within a job because of the first process', async () => {
  expect(await isInsideJob({ PATH: '/bin' }, 1)).toBe(false);
});

it.runIf(process.platform === 'linux')('clearing the environment does not lead out of a job', async () => {
  // A shell of the job that starts a program without any environment, whose child would be this command line.
  const script = 'env -i sleep 60 & echo $!; wait';
  const shell = spawn('sh', ['-c', script], {
    env: { PATH: process.env['PATH'] ?? '', JIDOKA_JOB: 'a.1' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const inner = Number(String((await once(shell.stdout, 'data'))[0]));
  try {
    expect(await isInsideJob({}, inner)).toBe(true);
  } finally {
    process.kill(inner, 'SIGKILL');
    shell.kill('SIGKILL');
  }
});
