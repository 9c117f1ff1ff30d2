import { z } from 'zod';
import { jsonIn } from './json-in.ts';
import type { Owner } from './owner.ts';
import { bearer, noPass, type PassFound } from './pass.ts';

const Credentials = z.object({
  claudeAiOauth: z.object({ accessToken: z.string().min(1), expiresAt: z.number(), subscriptionType: z.string().nullish() }),
});

/** Who is proved by a login of the subscription has to say so, as Claude Code does where it is itself logged in. */
const ofSubscription = ['oauth-2025-04-20'];

/** Claude Code's login, in the order in which it looks itself. */
export async function claudePass(owner: Owner): Promise<PassFound> {
  const base = owner.variable('ANTHROPIC_BASE_URL') ?? 'https://api.anthropic.com';
  const token = owner.variable('ANTHROPIC_AUTH_TOKEN');
  if (token !== null) return bearer(base, token, 'the token in ANTHROPIC_AUTH_TOKEN');
  const key = owner.variable('ANTHROPIC_API_KEY');
  if (key !== null) {
    return { kind: 'pass', base, without: '', headers: { 'x-api-key': key }, betas: [], by: 'the key in ANTHROPIC_API_KEY' };
  }
  const long = owner.variable('CLAUDE_CODE_OAUTH_TOKEN');
  if (long !== null) return { ...bearer(base, long, 'the token in CLAUDE_CODE_OAUTH_TOKEN'), betas: ofSubscription };
  const file = await owner.file({ below: 'CLAUDE_CONFIG_DIR', otherwise: '.claude', name: '.credentials.json' });
  const found = file === null ? null : jsonIn(file.text, Credentials);
  if (file === null || found === null) {
    const hidden = process.platform === 'darwin' ? ' It may be in the key chain, which is not looked into.' : '';
    return noPass(
      `no login of Claude Code is in files or variables.${hidden}`,
      'Run `claude setup-token` and set CLAUDE_CODE_OAUTH_TOKEN.',
    );
  }
  const { accessToken, expiresAt, subscriptionType } = found.claudeAiOauth;
  if (expiresAt <= owner.now()) {
    return noPass(`the login in ${file.path} ran out at ${new Date(expiresAt).toISOString()}`, 'Start `claude` once: it renews its login.');
  }
  const by = `the ${subscriptionType ?? 'own'} subscription in ${file.path}`;
  return { ...bearer(base, accessToken, by), betas: ofSubscription };
}
