import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forgeContract } from '../../../kit/forge/index.ts';
import { withFileLock } from '../postgres/index.ts';
import { gitForge } from './index.ts';

forgeContract('git', async () => {
  const root = await mkdtemp(join(tmpdir(), 'jidoka-forge-'));
  const forge = gitForge({ root, env: process.env, lock: withFileLock, log: () => undefined });
  return { forge, end: () => rm(root, { recursive: true, force: true, maxRetries: 3 }) };
});
