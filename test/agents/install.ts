import { execFile } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
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
    const folder = join(dirname(scene.floor), 'agents');
    await mkdir(folder, { recursive: true, mode: 0o755 });
    await promisify(execFile)('cp', ['-al', join(keeps, 'agents', found), folder]);
    return;
  }
  // From the registry of the machine, and not from the double of the scene.
  const env = { HOME: process.env['HOME'] ?? '', ...settingsOfNpm() };
  const added = await scene.jidoka(['station', 'add', agent], { env });
  if (added.code !== 0) throw new Error(added.stderr);
}
