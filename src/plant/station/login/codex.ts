import { parse } from 'smol-toml';
import { z } from 'zod';
import { jsonIn } from './json-in.ts';
import type { Owner } from './owner.ts';
import { bearer, noPass, type Pass, type PassFound } from './pass.ts';

const Auth = z.object({
  OPENAI_API_KEY: z.string().nullish(),
  tokens: z.object({ access_token: z.string().min(1), account_id: z.string().nullish() }).nullish(),
});

const home = { below: 'CODEX_HOME', otherwise: '.codex' } as const;

/** Codex's login: a key of its own, a key that it was logged in with, or an account of ChatGPT. */
export async function codexPass(owner: Owner): Promise<PassFound> {
  const variable = ['CODEX_API_KEY', 'OPENAI_API_KEY'].find((name) => owner.variable(name) !== null);
  if (variable !== undefined) return ofKey(owner.variable(variable) ?? '', `the key in ${variable}`, owner);
  const file = await owner.file({ ...home, name: 'auth.json' });
  const found = file === null ? null : jsonIn(file.text, Auth);
  const logIn = 'Run `codex login`, or set CODEX_API_KEY.';
  if (file === null || found === null) return noPass('no login of Codex is in files or variables', logIn);
  const { OPENAI_API_KEY: key, tokens } = found;
  if (tokens) return await ofAccount(tokens, file.path, owner);
  return key ? ofKey(key, `the key in ${file.path}`, owner) : noPass(`${file.path} has neither a key nor an account`, logIn);
}

function ofKey(key: string, by: string, owner: Owner): Pass {
  return { ...bearer(owner.variable('OPENAI_BASE_URL') ?? 'https://api.openai.com/v1', key, by), without: '/v1' };
}

/** Where Codex itself would ask: an owner may have moved it. */
const Settings = z.object({ chatgpt_base_url: z.string().optional() });

async function ofAccount(
  { access_token: token, account_id: account }: NonNullable<z.infer<typeof Auth>['tokens']>,
  path: string,
  owner: Owner,
): Promise<PassFound> {
  const endsAt = endOf(token);
  if (endsAt !== null && endsAt <= owner.now()) {
    return noPass(`the login in ${path} ran out at ${new Date(endsAt).toISOString()}`, 'Start `codex` once: it renews its login.');
  }
  const base = `${(await chatgpt(owner)).replace(/\/+$/, '')}/codex`;
  const pass = bearer(base, token, `the account of ChatGPT in ${path}`);
  const headers = account ? { ...pass.headers, 'chatgpt-account-id': account } : pass.headers;
  return { ...pass, without: '/v1', headers };
}

async function chatgpt(owner: Owner): Promise<string> {
  const file = await owner.file({ ...home, name: 'config.toml' });
  const usual = 'https://chatgpt.com/backend-api';
  if (file === null) return usual;
  try {
    return Settings.parse(parse(file.text)).chatgpt_base_url ?? usual;
  } catch {
    // Codex would not start with it either, and says what is wrong.
    return usual;
  }
}

const Claims = z.object({ exp: z.number() });

/** When a token of this form ends, in milliseconds since 1970; null where it does not say. */
function endOf(token: string): number | null {
  const claims = jsonIn(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'), Claims);
  return claims === null ? null : claims.exp * 1000;
}
