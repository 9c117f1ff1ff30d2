import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { catalogue } from './catalogue/index.ts';
import { loginOf } from './login.ts';
import { recordOf } from './spec.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'jidoka-login-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(home, path)), { recursive: true });
  await writeFile(join(home, path), text);
}
const codex = recordOf('codex', catalogue);

describe('a login', () => {
  it('is seen in its file below the home, and nothing of the file is told', async () => {
    await put('.codex/auth.json', '{"token":"sk-very-secret"}');
    const login = await loginOf(codex, { HOME: home });
    expect(login).toEqual({ kind: 'seen', where: join(home, '.codex/auth.json') });
  });

  it('is looked for where a variable moved it, and then in the home no more', async () => {
    await put('.codex/auth.json', '{"token":"old"}');
    expect(await loginOf(codex, { HOME: home, CODEX_HOME: join(home, 'moved') })).toMatchObject({ kind: 'none' });
    await put('moved/auth.json', '{"token":"new"}');
    expect(await loginOf(codex, { HOME: home, CODEX_HOME: join(home, 'moved') })).toMatchObject({ where: join(home, 'moved/auth.json') });
  });

  it('is seen in a variable, by name and never by value', async () => {
    const login = await loginOf(codex, { HOME: home, CODEX_API_KEY: 'sk-very-secret' });
    expect(login).toEqual({ kind: 'seen', where: 'CODEX_API_KEY is set' });
  });

  it('is none where the variable is blank and the file an empty document', async () => {
    await put('.codex/auth.json', '{}\n');
    expect(await loginOf(codex, { HOME: home, CODEX_API_KEY: ' ' })).toEqual({ kind: 'none', how: expect.stringContaining('codex login') });
  });

  it('may hide where an agent keeps it in the key chain of the system', async () => {
    expect(await loginOf(recordOf('copilot', catalogue), { HOME: home })).toMatchObject({ kind: 'hidden' });
  });
});
