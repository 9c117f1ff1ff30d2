import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loginsContract } from '../../../../kit/agents/index.ts';
import { ownLogins } from './index.ts';

const nowMs = Date.parse('2026-11-20T12:00:00Z');
const tokenUntil = (seconds: number): string => `head.${Buffer.from(JSON.stringify({ exp: seconds })).toString('base64url')}.sign`;

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'jidoka-logins-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function put(path: string, text: string | object): Promise<void> {
  await mkdir(dirname(join(home, path)), { recursive: true });
  await writeFile(join(home, path), typeof text === 'string' ? text : JSON.stringify(text));
}
const loginsOf = (env: Readonly<Record<string, string>> = {}) =>
  ownLogins({ file: join(home, 'factory/logins.json'), env: { HOME: home, ...env }, now: () => nowMs });

/** Where a request of an agent goes once its login was allowed. */
async function targetOf(agent: string, path: string, { env = {}, headers = {} } = {}): Promise<object> {
  const logins = loginsOf(env);
  await logins.allow(agent);
  return await logins.target({ job: 'one', path, headers });
}

loginsContract('files and variables', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'jidoka-logins-'));
  const open = () => ownLogins({ file: join(folder, 'logins.json'), env: { HOME: folder }, now: () => nowMs });
  return {
    logins: open(),
    others: open(),
    logIn: async (isIn) => {
      await mkdir(join(folder, '.codex'), { recursive: true });
      await writeFile(join(folder, '.codex/auth.json'), isIn ? '{"OPENAI_API_KEY":"sk-codex"}' : '{}');
    },
    end: () => rm(folder, { recursive: true, force: true }),
  };
});

describe('a request by a login of Claude Code', () => {
  const credentials = (expiresAt: number): object => ({ claudeAiOauth: { accessToken: 'oat-1', expiresAt, subscriptionType: 'max' } });

  it('proves the subscription, and says so beside what was asked for', async () => {
    await put('.claude/.credentials.json', credentials(nowMs + 1));
    const headers = { 'anthropic-beta': 'context-1, oauth-2025-04-20' };
    expect(await targetOf('claude-code', '/v1/messages?beta=true', { headers })).toEqual({
      kind: 'at',
      base: 'https://api.anthropic.com',
      path: '/v1/messages?beta=true',
      proof: { authorization: 'Bearer oat-1' },
      headers: { 'anthropic-beta': 'context-1,oauth-2025-04-20' },
    });
  });

  it('is none once it ran out, which is said with what renews it, and follows what renewed it', async () => {
    await put('.claude/.credentials.json', credentials(nowMs + 1));
    const logins = loginsOf();
    await logins.allow('claude-code');
    await put('.claude/.credentials.json', credentials(nowMs));
    expect(await logins.look('claude-code')).toMatchObject({
      kind: 'unfit',
      why: expect.stringContaining('2026-11-20T12:00'),
      mend: expect.stringContaining('`claude`'),
    });
    expect(await logins.target({ job: 'one', path: '/v1/messages', headers: {} })).toEqual({
      kind: 'none',
      why: 'the owner is not logged in at claude-code any more',
    });
    await put('.claude/.credentials.json', { claudeAiOauth: { accessToken: 'oat-2', expiresAt: nowMs + 9 } });
    expect(await logins.target({ job: 'one', path: '/v1/messages', headers: {} })).toMatchObject({
      proof: { authorization: 'Bearer oat-2' },
    });
  });

  it('takes what a variable says before a file, and asks where the owner asks', async () => {
    await put('.claude/.credentials.json', credentials(nowMs + 1));
    const env = { ANTHROPIC_API_KEY: 'sk-ant', ANTHROPIC_BASE_URL: 'https://proxy.example' };
    const target = await targetOf('claude-code', '/v1/messages', { env });
    expect(target).toEqual({ kind: 'at', base: 'https://proxy.example', path: '/v1/messages', proof: { 'x-api-key': 'sk-ant' } });
    const long = await targetOf('claude-code', '/v1/messages', { env: { CLAUDE_CODE_OAUTH_TOKEN: 'long' } });
    expect(long).toMatchObject({ proof: { authorization: 'Bearer long' }, headers: { 'anthropic-beta': 'oauth-2025-04-20' } });
  });
});

describe('a request by a login of Codex', () => {
  const account = (seconds: number): object => ({
    OPENAI_API_KEY: null,
    tokens: { id_token: 'i', access_token: tokenUntil(seconds), refresh_token: 'r', account_id: 'acc-1' },
  });

  it('goes to the API by a key, and to the account of ChatGPT by a token of one', async () => {
    await put('.codex/auth.json', { OPENAI_API_KEY: 'sk-codex' });
    const byKey = await targetOf('codex', '/v1/responses');
    expect(byKey).toEqual({
      kind: 'at',
      base: 'https://api.openai.com/v1',
      path: '/responses',
      proof: { authorization: 'Bearer sk-codex' },
    });
    await put('.codex/auth.json', account(nowMs / 1000 + 60));
    const byAccount = { base: 'https://chatgpt.com/backend-api/codex', path: '/responses', proof: { 'chatgpt-account-id': 'acc-1' } };
    expect(await targetOf('codex', '/v1/responses')).toMatchObject(byAccount);
    await put('.codex/config.toml', 'chatgpt_base_url = "https://own.example/api/"\n');
    expect(await targetOf('codex', '/v1/responses')).toMatchObject({ base: 'https://own.example/api/codex' });
  });

  it('is none once the token ran out', async () => {
    await put('.codex/auth.json', account(nowMs / 1000 - 1));
    await expect(loginsOf().allow('codex')).rejects.toMatchObject({
      code: 'login-unfit',
      message: expect.stringContaining('ran out at 2026-11-20'),
    });
  });
});

describe('a request by a login of Gemini CLI', () => {
  it('proves a key, of a variable or of its own settings', async () => {
    const path = '/v1beta/models/gemini-2.5-pro:generateContent';
    await put('.gemini/.env', '# mine\nGEMINI_API_KEY="g-1"\n');
    const base = 'https://generativelanguage.googleapis.com';
    expect(await targetOf('gemini', path)).toEqual({ kind: 'at', base, path, proof: { 'x-goog-api-key': 'g-1' } });
    expect(await targetOf('gemini', path, { env: { GEMINI_API_KEY: 'g-2' } })).toMatchObject({ proof: { 'x-goog-api-key': 'g-2' } });
  });

  it('is none by an account of Google, which is said', async () => {
    await put('.gemini/oauth_creds.json', { access_token: 'ya29' });
    expect(await loginsOf().look('gemini')).toMatchObject({
      kind: 'unfit',
      why: expect.stringContaining('account of Google'),
      mend: expect.stringContaining('GEMINI_API_KEY'),
    });
  });
});

describe('a request by a login of OpenCode', () => {
  it('goes to its one provider with a key, also where the owner moved it', async () => {
    await put('.local/share/opencode/auth.json', { anthropic: { type: 'oauth', access: 'a' }, deepseek: { type: 'api', key: 'ds' } });
    expect(await targetOf('opencode', '/v1/chat/completions')).toMatchObject({
      base: 'https://api.deepseek.com/v1',
      path: '/chat/completions',
    });
    await put('.config/opencode/opencode.json', { provider: { deepseek: { options: { baseURL: 'https://own.example/v1' } } } });
    expect(await targetOf('opencode', '/v1/chat/completions')).toMatchObject({ base: 'https://own.example/v1' });
  });

  it('is none where there are several, and they are named', async () => {
    await put('.local/share/opencode/auth.json', { openai: { type: 'api', key: 'o' }, xai: { type: 'api', key: 'x' } });
    expect(await loginsOf().look('opencode')).toMatchObject({ kind: 'unfit', why: expect.stringContaining('openai, xai') });
  });
});

describe('no request is made by a login', () => {
  it('that was not allowed, that is of another agent, or that nobody knows', async () => {
    await put('.codex/auth.json', { OPENAI_API_KEY: 'sk-codex' });
    const logins = loginsOf({ ANTHROPIC_API_KEY: 'sk-ant' });
    const target = (path: string) => logins.target({ job: 'one', path, headers: {} });
    expect(await target('/v1/responses')).toMatchObject({ kind: 'none', why: expect.stringContaining('codex was not allowed') });
    await logins.allow('codex');
    expect(await target('/v1/messages')).toMatchObject({ kind: 'none', why: expect.stringContaining('claude-code was not allowed') });
    expect(await target('/v1/models')).toMatchObject({ kind: 'none' });
    await expect(logins.allow('qwen')).rejects.toMatchObject({
      code: 'login-unfit',
      message: expect.stringContaining('claude-code, codex'),
    });
  });

  it('where what is allowed cannot be read, which is said and not guessed', async () => {
    await put('factory/logins.json', '{"allowed":');
    await expect(loginsOf().look('codex')).rejects.toMatchObject({ code: 'login-unfit', mend: expect.stringContaining('--allow') });
  });

  it.each(['not json', '[]', '{"tokens":{}}', '\u0000'])('of a file with %j in it', async (text) => {
    await put('.codex/auth.json', text);
    expect(await loginsOf().look('codex')).toMatchObject({ kind: 'unfit', allowed: false });
  });
});
