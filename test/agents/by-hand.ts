import { execFile, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { realAgent } from '../station/real-agent.ts';
import type { Agent, Setting } from './agents.ts';

const run = promisify(execFile);

/** Makes a home and a repository of these files for an agent, and installs it where it is not there yet. */
export async function prepareByHand(
  agent: Agent,
  place: { readonly folder: string; readonly url: string; readonly task: string; readonly files: Readonly<Record<string, string>> },
): Promise<Setting> {
  const [home, repository] = [join(place.folder, 'home'), join(place.folder, 'repository')];
  for (const path of [home, repository]) await mkdir(path, { recursive: true });
  const setting = { program: (await realAgent(agent.name)).path, home, repository, url: place.url, task: place.task };
  await writeAll(home, agent.files(setting));
  await writeAll(repository, place.files);
  await run('git', ['init', '--quiet'], { cwd: repository });
  await run('git', ['add', '.'], { cwd: repository });
  await run('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '--quiet', '--message', 'base'], { cwd: repository });
  return setting;
}

/** Runs it to its end and gives its exit code; null where a signal ended it. */
export async function runByHand(agent: Agent, setting: Setting): Promise<number | null> {
  const { home, repository } = setting;
  const [program, ...args] = agent.argv(setting);
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    TMPDIR: home,
    XDG_CONFIG_HOME: home,
    XDG_DATA_HOME: home,
    XDG_CACHE_HOME: home,
    XDG_STATE_HOME: home,
  };
  const child = spawn(program, args, {
    cwd: repository,
    env: { ...env, ...agent.env(setting) },
    stdio: 'ignore',
    timeout: 200_000,
    killSignal: 'SIGKILL',
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', resolve);
  });
}

async function writeAll(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}
