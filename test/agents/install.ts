import { execFile } from 'node:child_process';
import { mkdir, readdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Scene } from '../scenarios/scene.ts';
import { settingsOfNpm } from './ticket-line.ts';

/** As an owner installs it, or, where the machine keeps agents for tests, from there: they are some two gigabytes. */
export async function installAgent(agent: string, scene: Scene): Promise<void> {
  const keeps = process.env['JIDOKA_TEST_AGENTS'];
  const kept = keeps === undefined ? [] : await readdir(join(keeps, 'agents')).catch(() => []);
  const found = kept.find((name) => name.startsWith(`${agent}@`));
  if (keeps !== undefined && found !== undefined) {
    const folder = agentsOf(scene);
    await mkdir(folder, { recursive: true, mode: 0o755 });
    await promisify(execFile)('cp', ['-al', join(keeps, 'agents', found), folder]);
    return;
  }
  // From the registry of the machine, and not from the double of the scene.
  const env = { HOME: process.env['HOME'] ?? '', ...settingsOfNpm() };
  const added = await scene.jidoka(['station', 'add', agent], { env });
  if (added.code !== 0) throw new Error(added.stderr);
}

/** Does something while an agent is not there, and puts it back. */
export async function withoutAgent<T>(agent: string, scene: Scene, work: () => Promise<T>): Promise<T> {
  const aside = join(dirname(scene.floor), 'aside');
  const found = (await readdir(agentsOf(scene)).catch(() => [])).filter((name) => name.startsWith(`${agent}@`));
  await mkdir(aside, { recursive: true });
  for (const name of found) await rename(join(agentsOf(scene), name), join(aside, name));
  try {
    return await work();
  } finally {
    for (const name of found) await rename(join(aside, name), join(agentsOf(scene), name));
  }
}

function agentsOf({ floor }: Scene): string {
  return join(dirname(floor), 'agents');
}
