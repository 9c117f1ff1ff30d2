import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryTape, readScenario, startModelTwin } from '../../src/plant/twin/index.ts';
import { type Agent, agents, type Setting } from './agents.ts';

const run = promisify(execFile);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-agents-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const scenario = `
steps:
  - say: I look first.
    read: greet.js
  - edit: { file: greet.js, old: Helo, new: Hello }
  - write: { file: "notes/it's.txt", text: "a 'quoted' $HOME\\n" }
  - together: [{ run: "cp greet.js one.js" }, { run: "cp greet.js two.js" }]
  - say: Done.
faults:
  - { fault: overloaded, at: 3 }
`;

describe.each(agents.map((agent) => [agent.name, agent] as const))('%s against a model twin', (_, agent) => {
  it('edits, writes and runs commands in a repository by the one script, through a fault', async () => {
    const tape = memoryTape();
    const twin = await startModelTwin({ scenario: readScenario(scenario, 'test'), port: 0, tape, replay: null });
    try {
      const place = await prepared(agent, twin.url);
      expect(await exitOf(agent, place)).toBe(0);
      const read = async (file: string): Promise<string> => readFile(join(place.repository, file), 'utf8');
      const fixed = 'export const greet = (name) => `Hello ${name}`;\n';
      expect([await read('greet.js'), await read('one.js'), await read('two.js')]).toEqual([fixed, fixed, fixed]);
      expect(await read("notes/it's.txt")).toBe("a 'quoted' $HOME\n");
      const main = tape.entries().filter(({ kind }) => kind === 'main');
      expect(main.map(({ step, note }) => [step, note])).toEqual([0, 1, 2, 2, 3, 4].map((step) => [step, null]));
      expect(new Set(main.map(({ conversation }) => conversation)).size).toBe(1);
    } finally {
      await twin.close();
    }
  });
});

async function prepared(agent: Agent, url: string): Promise<Setting> {
  const own = join(folder, agent.name.replaceAll(' ', '-'));
  const [home, repository, installed] = [join(own, 'home'), join(own, 'repository'), join(own, 'installed')];
  for (const path of [home, repository, installed]) await mkdir(path, { recursive: true });
  await run('npm', ['install', '--prefix', installed, '--ignore-scripts', '--no-audit', '--no-fund', ...agent.packages], {
    cwd: installed,
  });
  const setting = { modules: join(installed, 'node_modules'), home, repository, url, task: 'Spell the greeting right.' };
  for (const [path, text] of Object.entries(agent.files(setting))) {
    await mkdir(dirname(join(home, path)), { recursive: true });
    await writeFile(join(home, path), text);
  }
  await writeFile(join(repository, 'greet.js'), 'export const greet = (name) => `Helo ${name}`;\n');
  await run('git', ['init', '--quiet'], { cwd: repository });
  await run('git', ['add', '.'], { cwd: repository });
  await run('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '--quiet', '--message', 'base'], { cwd: repository });
  return setting;
}

async function exitOf(agent: Agent, setting: Setting): Promise<number | null> {
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
