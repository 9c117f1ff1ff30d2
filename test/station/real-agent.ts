import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/plant/clock/index.ts';
import { ownPrograms } from '../../src/plant/floor/index.ts';
import { withFileLock } from '../../src/plant/postgres/index.ts';
import { agentStore } from '../../src/plant/station/agents/index.ts';

/** Folder of the real agents that tests drive; they are some two gigabytes, so it is kept from one run to the next. */
export const agentsFolder = process.env['JIDOKA_TEST_AGENTS'] ?? join(tmpdir(), 'jidoka-test-agents');

/** The program of an agent at the version that was tried, installed from npm where it is not there yet. */
export async function realAgent(name: string): Promise<{ readonly path: string; readonly version: string }> {
  await mkdir(agentsFolder, { recursive: true, mode: 0o755 });
  const clock = systemClock();
  const store = agentStore({
    folder: join(agentsFolder, 'agents'),
    drafts: join(agentsFolder, 'drafts'),
    settings: agentsFolder,
    env: process.env,
    clock,
    run: ownPrograms(clock),
    log: () => undefined,
    lock: withFileLock,
  });
  try {
    const { agent } = await store.add({ spec: name, say: () => undefined });
    return { path: agent.path, version: agent.version };
  } finally {
    await store.close();
  }
}
