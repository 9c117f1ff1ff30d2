import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeRepository } from '../../kit/forge/index.ts';
import { memoryTape, readScenario, startModelTwin, type MemoryTape } from '../../src/plant/twin/index.ts';
import { agentScript, mends, slugFiles, ticket } from '../bug/slugs.ts';
import { show } from '../kills/trial.ts';
import { openScene, type Scene } from '../scenarios/scene.ts';
import { readResult } from '../scenarios/read-result.ts';
import { installAgent } from './install.ts';
import { lineWithModel, scenarioOf } from './ticket-line.ts';

const secret = 'sk-of-the-owner-0123456789';
const account = `h.${Buffer.from(JSON.stringify({ exp: 4_000_000_000 })).toString('base64url')}.s${secret}`;

/** How an owner is logged in: by files of his home, or by a variable; and what must come to the provider for it. */
interface LoggedIn {
  readonly agent: string;
  readonly files?: (url: string) => Readonly<Record<string, string>>;
  readonly env?: (url: string) => Readonly<Record<string, string>>;
  readonly proves: (headers: IncomingHttpHeaders) => boolean;
}

const logins: Readonly<Record<string, LoggedIn>> = {
  'a subscription of Claude Code': {
    agent: 'claude-code',
    files: () => ({
      '.claude/.credentials.json': JSON.stringify({ claudeAiOauth: { accessToken: secret, expiresAt: 4e12, subscriptionType: 'max' } }),
    }),
    env: (url) => ({ ANTHROPIC_BASE_URL: url }),
    proves: (headers) => headers.authorization === `Bearer ${secret}` && /oauth-2025-04-20/.test(String(headers['anthropic-beta'])),
  },
  'a key of Claude Code': {
    agent: 'claude-code',
    env: (url) => ({ ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: secret }),
    proves: (headers) => headers['x-api-key'] === secret,
  },
  'an account of Codex': {
    agent: 'codex',
    files: (url) => ({
      '.codex/auth.json': JSON.stringify({ tokens: { id_token: 'i', access_token: account, refresh_token: 'r', account_id: 'acc' } }),
      '.codex/config.toml': `chatgpt_base_url = "${url}/backend-api/"\n`,
    }),
    proves: (headers) => headers.authorization === `Bearer ${account}` && headers['chatgpt-account-id'] === 'acc',
  },
  'a key of Codex': {
    agent: 'codex',
    files: () => ({ '.codex/auth.json': JSON.stringify({ OPENAI_API_KEY: secret }) }),
    env: (url) => ({ OPENAI_BASE_URL: `${url}/v1` }),
    proves: (headers) => headers.authorization === `Bearer ${secret}`,
  },
  'a key of Gemini CLI': {
    agent: 'gemini',
    files: () => ({ '.gemini/.env': `GEMINI_API_KEY=${secret}\n` }),
    env: (url) => ({ GOOGLE_GEMINI_BASE_URL: url }),
    proves: (headers) => headers['x-goog-api-key'] === secret,
  },
  'a key of OpenCode': {
    agent: 'opencode',
    files: (url) => ({
      '.local/share/opencode/auth.json': JSON.stringify({ openai: { type: 'api', key: secret } }),
      '.config/opencode/opencode.json': JSON.stringify({ provider: { openai: { options: { baseURL: `${url}/v1` } } } }),
    }),
    proves: (headers) => headers.authorization === `Bearer ${secret}`,
  },
};

let scene: Scene;
let line: string;
const homeOf = (): string => join(scene.folder, 'user');
beforeAll(async () => {
  scene = await openScene([], { floor: 'sandbox' });
  await chmod(scene.folder, 0o755);
  line = await lineWithModel(scene);
  for (const agent of new Set(Object.values(logins).map((one) => one.agent))) await installAgent(agent, scene);
});
afterAll(() => scene.close());
beforeEach(async () => {
  for (const folder of ['.claude', '.codex', '.gemini', '.local', '.config']) {
    await rm(join(homeOf(), folder), { recursive: true, force: true });
  }
});

/** A provider that answers only whom a login proves; everything else is the twin's. */
async function providerOf({ proves }: LoggedIn, twin: string) {
  const refused: string[] = [];
  const server = createServer((asked, answer) => {
    const { method = '', url = '', headers } = asked;
    if (!proves(headers)) {
      refused.push(`${method} ${url}`);
      return void answer.writeHead(401).end('{"type":"error","error":{"type":"authentication_error","message":"who?"}}');
    }
    const path = url.replace('/backend-api/codex/', '/v1/');
    const on = request(`${twin}${path}`, { method, headers }, (said) => {
      answer.writeHead(said.statusCode ?? 502, said.headers);
      said.pipe(answer);
    });
    on.on('error', () => answer.destroy());
    asked.pipe(on);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server has no other kind of address
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, refused, close };
}

describe.each(Object.entries(logins))('%s', (name, login) => {
  it('lets its agent work without a gateway, once it is allowed; no job, no record and no log has the secret', async () => {
    const tape: MemoryTape = memoryTape();
    const scenario = readScenario(JSON.stringify(scenarioOf(agentScript({ change: [mends] }))), name);
    const twin = await startModelTwin({ scenario, port: 0, tape, replay: null });
    const provider = await providerOf(login, twin.url);
    const repository = await makeRepository(slugFiles);
    try {
      for (const [path, text] of Object.entries(login.files?.(provider.url) ?? {})) {
        await mkdir(dirname(join(homeOf(), path)), { recursive: true });
        await writeFile(join(homeOf(), path), text);
      }
      const env = { ...login.env?.(provider.url) };
      const file = await scene.write(`${name}.md`, `${ticket}\nReported by ${name}.\n`);
      const asked = ['run', 'bug', '--ticket', file, '--repo', repository.path, '--line', line, '--station', login.agent, '--json'];
      await scene.jidoka(['station', 'login', login.agent, '--forbid'], { env });
      const before = readResult(await scene.jidoka(asked, { env }));
      expect(before.verdict).toBe('ESCALATE');
      expect(before.reason.message).toContain(`jidoka station login ${login.agent} --allow`);
      expect(tape.entries()).toEqual([]);

      const allowed = await scene.jidoka(['station', 'login', login.agent, '--allow'], { env });
      expect(allowed.code, allowed.stderr).toBe(0);
      const ran = await scene.jidoka([...asked, '--again'], { env });
      const result = readResult(ran);
      expect(`${result.verdict} ${result.reason.code}`, result.reason.message).toBe('PR_READY validated');
      expect([provider.refused, tape.entries().length > 4]).toEqual([[], true]);
      const details = await show(scene, result.run);
      const told = JSON.stringify([allowed, ran, details, tape.entries().map(({ body }) => body)]);
      expect(told).not.toContain(secret);
    } finally {
      await repository.remove();
      await provider.close();
      await twin.close();
    }
  });
});
