import { z } from 'zod';
import { jsonIn } from './json-in.ts';
import type { Owner } from './owner.ts';
import { bearer, noPass, type PassFound } from './pass.ts';

/** Where providers speak the protocol in which OpenCode works here, by the names that it has for them. */
const chatBases: Readonly<Record<string, string>> = {
  anthropic: 'https://api.anthropic.com/v1',
  cerebras: 'https://api.cerebras.ai/v1',
  deepseek: 'https://api.deepseek.com/v1',
  google: 'https://generativelanguage.googleapis.com/v1beta/openai',
  groq: 'https://api.groq.com/openai/v1',
  mistral: 'https://api.mistral.ai/v1',
  openai: 'https://api.openai.com/v1',
  opencode: 'https://opencode.ai/zen/v1',
  openrouter: 'https://openrouter.ai/api/v1',
  xai: 'https://api.x.ai/v1',
};

const Auth = z.record(z.string(), z.object({ type: z.string(), key: z.string().optional() }));
const Settings = z.object({ provider: z.record(z.string(), z.object({ options: z.object({ baseURL: z.string() }) })) });

/** OpenCode's login at its one provider, where that is by a key. */
export async function opencodePass(owner: Owner): Promise<PassFound> {
  const zen = owner.variable('OPENCODE_API_KEY');
  if (zen !== null) return { ...bearer(chatBases['opencode'] ?? '', zen, 'the key in OPENCODE_API_KEY'), without: '/v1' };
  const file = await owner.file({ below: 'XDG_DATA_HOME', otherwise: '.local/share', name: 'opencode/auth.json' });
  const found = file === null ? null : jsonIn(file.text, Auth);
  const mend = 'Run `opencode auth login` with the key of one provider, or name a model gateway in JIDOKA_MODEL_URL.';
  if (file === null || found === null) return noPass('no login of OpenCode is in files or variables', mend);
  const moved = await movedBases(owner);
  const keys = Object.entries(found).flatMap(([name, { key }]) => {
    const base = moved[name] ?? chatBases[name];
    return key === undefined || key === '' || base === undefined ? [] : [{ name, key, base }];
  });
  const [only, ...others] = keys;
  if (only === undefined) return noPass(`${file.path} has no key of a provider that speaks the Chat Completions API`, mend);
  if (others.length > 0) {
    return noPass(
      `${file.path} has keys of several providers, ${keys.map(({ name }) => name).join(', ')}: which is meant nobody says`,
      mend,
    );
  }
  return { ...bearer(only.base, only.key, `the key of ${only.name} in ${file.path}`), without: '/v1' };
}

/** Providers whose place the owner named himself. */
async function movedBases(owner: Owner): Promise<Readonly<Record<string, string>>> {
  const file = await owner.file({ below: 'XDG_CONFIG_HOME', otherwise: '.config', name: 'opencode/opencode.json' });
  const { provider } = (file === null ? null : jsonIn(file.text, Settings)) ?? { provider: {} };
  return Object.fromEntries(Object.entries(provider).map(([name, { options }]) => [name, options.baseURL]));
}
