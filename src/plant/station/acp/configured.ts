import type { AgentOrder } from '../harness/harness.ts';
import type { AcpAgent } from './acp-driver.ts';

/** What an owner says of an agent that has no driver of its own. In arguments, values and texts `{home}` and the like are filled in. */
export interface AcpConfiguration {
  /** Arguments of its program: ['--acp']. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Files of its home, by path. */
  readonly files?: Readonly<Record<string, string>>;
}

/** What the words of a stage's `run` say of such an agent, and which program it is. */
export interface NamedAgent extends Required<AcpConfiguration> {
  readonly program: string;
}

/** Where models and keys are, in the variables by which most agents look for them. */
const usualVariables = {
  OPENAI_BASE_URL: '{openai}',
  OPENAI_API_KEY: '{key}',
  ANTHROPIC_BASE_URL: '{anthropic}',
  ANTHROPIC_API_KEY: '{key}',
  GOOGLE_GEMINI_BASE_URL: '{gemini}',
  GEMINI_API_KEY: '{key}',
} as const;

/**
 * Reads the words by which a stage names an agent: `NAME=value` for its environment and `~/path=text` for a file of its
 * home, then its program and arguments.
 *
 * @example
 * readAgentWords(['COPILOT_MODEL={model}', '~/.copilot/settings.json={}', 'copilot', '--acp']);
 */
export function readAgentWords(words: readonly string[]): NamedAgent {
  const first = words.findIndex((word) => !variable.test(word) && !isFile(word));
  const [program = '', ...args] = first === -1 ? [] : words.slice(first);
  const given = first === -1 ? words : words.slice(0, first);
  const files = given.filter(isFile).map((word) => parted(word.slice(2)));
  const env = given.filter((word) => !isFile(word)).map(parted);
  return { program, args, env: { ...usualVariables, ...Object.fromEntries(env) }, files: Object.fromEntries(files) };
}

const variable = /^[A-Za-z_][A-Za-z0-9_]*=/;

/** A path that leads out of the home is none of its files. */
function isFile(word: string): boolean {
  const [, path] = /^~\/([^=]+)=/.exec(word) ?? [];
  return path?.split('/').every((part) => part !== '' && part !== '.' && part !== '..') ?? false;
}

function parted(word: string): readonly [string, string] {
  const at = word.indexOf('=');
  return [word.slice(0, at), word.slice(at + 1)];
}

/** Any other agent of the protocol. It reads a role from the first prompt alone: nobody knows where it looks for more. */
export function configuredAgent({ args, env, files = {} }: AcpConfiguration): AcpAgent {
  return {
    name: 'acp',
    start: (order) => ({
      argv: [order.program, ...args.map((text) => filledIn(text, order))],
      env: { HOME: order.home, ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, filledIn(value, order)])) },
    }),
    files: (order) => Object.entries(files).map(([path, text]) => ({ path, text: filledIn(text, order) })),
    mode: () => null,
    countsSession: false,
    resumes: true,
    roleInPrompt: true,
  };
}

function filledIn(text: string, { home, model, reach }: AgentOrder): string {
  const { key, openai, anthropic, gemini, report } = reach;
  // As for others that know no model by themselves: `default` leaves the choice to the gateway.
  const known: Readonly<Record<string, string>> = { home, key, openai, anthropic, gemini, report, model: model ?? 'default' };
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(known, name) ? (known[name] ?? whole) : whole));
}
