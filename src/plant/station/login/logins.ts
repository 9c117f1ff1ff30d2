import { JidokaError } from '../../../core/base/error.ts';
import type { ModelAsked, ModelTarget, ModelUpstream } from '../../../core/ports/egress.ts';
import type { Logins, LoginUse } from '../../../core/ports/stations/logins.ts';
import { readAllowed, writeAllowed } from './allowed.ts';
import { claudePass } from './claude-code.ts';
import { codexPass } from './codex.ts';
import { geminiPass } from './gemini.ts';
import { opencodePass } from './opencode.ts';
import { ownerOf, type Owner } from './owner.ts';
import { noPass, type PassFound } from './pass.ts';

export interface OwnLoginsOptions {
  /** Absolute path of the file that says which may be used. */
  readonly file: string;
  /** The owner's environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Whose login a request is made by is told by its protocol: each agent speaks one here. */
const agents = [
  { name: 'claude-code', asks: /^\/v1\/messages\b/, pass: claudePass },
  { name: 'codex', asks: /^\/v1\/responses\b/, pass: codexPass },
  { name: 'gemini', asks: /^\/v1beta\/models\//, pass: geminiPass },
  { name: 'opencode', asks: /^\/v1\/chat\/completions\b/, pass: opencodePass },
] as const;

/**
 * The owner's own logins at agents, for factories without a model gateway. The secret is put on a request on its way out, and is never
 * inside of a workspace; it is read anew each time, so that whatever renews it is followed.
 *
 * @example
 * const logins = ownLogins({ file: '/home/ada/jidoka/logins.json', env: process.env, now: Date.now });
 * await logins.allow('codex');
 * await logins.target({ job: 'one', path: '/v1/responses', headers: {} }); // { kind: 'at', base: 'https://api.openai.com/v1', … }
 */
export function ownLogins({ file, env, now }: OwnLoginsOptions): Logins & ModelUpstream {
  const owner = ownerOf(env, now);
  const look = async (agent: string): Promise<LoginUse> => {
    const allowed = (await readAllowed(file)).includes(agent);
    const found = await passOf(agent, owner);
    return found.kind === 'pass'
      ? { kind: 'fit', allowed, to: found.base, by: found.by }
      : { kind: 'unfit', allowed, why: found.why, mend: found.mend };
  };
  return {
    look,
    allowed: () => readAllowed(file),
    allow: async (agent) => {
      const use = await look(agent);
      if (use.kind === 'unfit') throw new JidokaError('login-unfit', `No station can use the login of ${agent}: ${use.why}.`, use);
      await writeAllowed(file, [...(await readAllowed(file)), agent]);
      return { ...use, allowed: true };
    },
    forbid: async (agent) => {
      const before = await readAllowed(file);
      if (!before.includes(agent)) return false;
      await writeAllowed(
        file,
        before.filter((one) => one !== agent),
      );
      return true;
    },
    target: (asked) => targetOf(asked, file, owner),
  };
}

async function passOf(agent: string, owner: Owner): Promise<PassFound> {
  const found = agents.find(({ name }) => name === agent);
  const names = agents.map(({ name }) => name).join(', ');
  return (await found?.pass(owner)) ?? noPass(`only logins of ${names} can be used`, 'Name a model gateway in JIDOKA_MODEL_URL.');
}

async function targetOf({ path, headers }: ModelAsked, file: string, owner: Owner): Promise<ModelTarget> {
  const agent = agents.find(({ asks }) => asks.test(path));
  if (agent === undefined) return { kind: 'none', why: 'no model gateway is configured, and no login answers this' };
  if (!(await readAllowed(file)).includes(agent.name)) {
    return { kind: 'none', why: `no model gateway is configured, and the login of ${agent.name} was not allowed` };
  }
  const pass = await agent.pass(owner);
  // Where it lies is the owner's to know.
  if (pass.kind === 'none') return { kind: 'none', why: `the owner is not logged in at ${agent.name} any more` };
  const asked = (headers['anthropic-beta'] ?? '').split(',').map((beta) => beta.trim());
  const betas = [...new Set([...asked, ...pass.betas])].filter((beta) => beta !== '');
  return {
    kind: 'at',
    base: pass.base,
    path: path.startsWith(`${pass.without}/`) ? path.slice(pass.without.length) : path,
    proof: pass.headers,
    ...(pass.betas.length === 0 ? {} : { headers: { 'anthropic-beta': betas.join(',') } }),
  };
}
