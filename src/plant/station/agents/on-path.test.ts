import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isRunning } from '../../../../kit/floor/index.ts';
import { systemClock } from '../../clock/index.ts';
import { ownPrograms } from '../../floor/index.ts';
import { withFileLock } from '../../postgres/index.ts';
import { agentStore } from './index.ts';

let root: string;
let log: string[];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'jidoka-on-path-'));
  log = [];
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function program(folder: string, name: string, script: string): Promise<string> {
  const path = join(root, folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

function find(name: string, folders: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const PATH = [...folders.map((folder) => join(root, folder)), '/usr/bin', '/bin'].join(':');
  const store = agentStore({
    folder: join(root, 'agents'),
    drafts: join(root, 'drafts'),
    settings: root,
    env: { ...env, PATH, HOME: join(root, 'home') },
    clock: systemClock(),
    run: ownPrograms(systemClock()),
    log: (line) => log.push(line),
    lock: withFileLock,
  });
  return store.find(name);
}

describe('an agent on PATH', () => {
  it('is found with the version that it tells', async () => {
    const path = await program('bin', 'codex', 'echo warning >&2; echo "codex-cli 0.170.0-alpha.1"');
    expect(await find('codex', ['bin'])).toEqual({ agent: 'codex', path, version: '0.170.0-alpha.1', from: 'path' });
  });

  it('may tell its version on stderr, where nothing on stdout does', async () => {
    await program('bin', 'pi', 'echo "warning: 9.9.9.9 is no address"; echo 0.74.2 >&2');
    expect(await find('pi', ['bin'])).toMatchObject({ version: '0.74.2' });
  });

  it('that does not tell its version is passed over, and the next one is taken', async () => {
    const odd = await program('odd', 'codex', 'echo "no idea"');
    await program('dead', 'codex', 'echo 1.0.0; exit 3');
    const path = await program('bin', 'codex', 'echo 1.2.3');
    expect(await find('codex', ['odd', 'dead', 'bin'])).toMatchObject({ path, version: '1.2.3' });
    expect(log[0]).toContain(odd);
    expect(log).toHaveLength(2);
  });

  it('is not one where it cannot be started, is a folder, or belongs to packages of whoever started the factory', async () => {
    await chmod(await program('plain', 'codex', 'echo 1.0.0'), 0o644);
    await mkdir(join(root, 'folder/codex'), { recursive: true });
    await program('node_modules/.bin', 'codex', 'echo 1.0.0');
    expect(await find('codex', ['plain', 'folder', 'node_modules/.bin', 'nowhere'])).toBeNull();
  });

  it('is asked in a home of its own, without keys, told to call nobody; and what it left there is gone', async () => {
    await program('bin', 'claude', `env | sort > ${root}/seen; pwd >> ${root}/seen; touch "$HOME/litter"; echo 2.1.329`);
    await find('claude-code', ['bin'], { ANTHROPIC_API_KEY: 'sk-secret', NPM_TOKEN: 'secret' });
    const seen = await readFile(join(root, 'seen'), 'utf8');
    expect(seen).not.toMatch(/secret/);
    expect(seen).toContain('CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1');
    const home = /^HOME=(.*)$/m.exec(seen)?.[1] ?? '';
    expect(home).not.toBe(join(root, 'home'));
    await expect(stat(home)).rejects.toThrow('ENOENT');
  });

  it('that floods, or leaves a daemon behind, is told of all the same and leaves nothing', async () => {
    await program('bin', 'codex', `sleep 300 & echo "$!" > ${root}/pid; echo 1.2.3; head -c 20000000 /dev/zero | tr "\\0" x`);
    expect(await find('codex', ['bin'])).toMatchObject({ version: '1.2.3' });
    const pid = Number(await readFile(join(root, 'pid'), 'utf8'));
    expect(isRunning(pid)).toBe(false);
  });
});
