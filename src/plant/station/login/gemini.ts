import { parseEnv } from 'node:util';
import type { Owner } from './owner.ts';
import { noPass, type PassFound } from './pass.ts';

/** Gemini CLI's login, where it is a key: an account of Google speaks a protocol that is its own client's alone. */
export async function geminiPass(owner: Owner): Promise<PassFound> {
  const base = owner.variable('GOOGLE_GEMINI_BASE_URL') ?? 'https://generativelanguage.googleapis.com';
  const pass = (key: string, by: string): PassFound => {
    return { kind: 'pass', base, without: '', headers: { 'x-goog-api-key': key }, betas: [], by };
  };
  const given = owner.variable('GEMINI_API_KEY');
  if (given !== null) return pass(given, 'the key in GEMINI_API_KEY');
  const home = { below: 'GEMINI_CLI_HOME', otherwise: '' };
  const settings = await owner.file({ ...home, name: '.gemini/.env' });
  const kept = settings === null ? '' : (parseEnv(settings.text)['GEMINI_API_KEY'] ?? '');
  if (settings !== null && kept !== '') return pass(kept, `the key in ${settings.path}`);
  const mend = 'Make a key for the Gemini API and set GEMINI_API_KEY.';
  const account = await owner.file({ ...home, name: '.gemini/oauth_creds.json' });
  if (account !== null) return noPass(`the account of Google in ${account.path} is of use to Gemini CLI alone`, mend);
  return noPass('no key of Gemini CLI is in files or variables', mend);
}
