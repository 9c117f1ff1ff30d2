import { VariableName, VariableValue } from '../../core/environment/environment-spec.ts';
import { holdsSecret } from './commands.ts';
import { complain, type Document } from './document.ts';
import { shown, type Found, type Refusal } from './found.ts';

export interface VariablesAt {
  readonly document: Document;
  readonly path: readonly PropertyKey[];
  /** Why a text is no plain one in the language of the file; null where it is. */
  readonly notPlain: (text: string) => string | null;
}

const ofFloor: readonly (readonly [RegExp, string])[] = [
  [/^(?:PATH|HOME|USER|LOGNAME|SHELL|PWD|OLDPWD|TMPDIR|JIDOKA_.*)$/, 'The floor sets it itself.'],
  [
    /^(?:LD_.*|DYLD_.*|NODE_OPTIONS|BASH_ENV|ENV|PYTHONSTARTUP|PERL5OPT|RUBYOPT|JAVA_TOOL_OPTIONS)$/,
    'It brings code into every program, those by which the factory inspects too; set it within the command that needs it.',
  ],
  [
    /^(?:GIT_.*|(?:HTTPS?|ALL|NO|FTP)_PROXY|NPM_CONFIG_.*|NODE_EXTRA_CA_CERTS|SSL_CERT_(?:FILE|DIR))$/i,
    'How packages and repositories are reached is a matter of the floor.',
  ],
];

/**
 * The plain variables of a mapping, and why each of the others is none. Throws `environment-invalid` for values that are
 * no text, too long, or hold a NUL.
 */
export function plainVariables(values: Readonly<Record<string, unknown>>, at: VariablesAt): Pick<Found, 'env' | 'refused'> {
  const env: [string, string][] = [];
  const refused: Refusal[] = [];
  for (const [name, value] of Object.entries(values)) {
    const why = whyNot(name, value, at);
    if (why === null) env.push([name, text(name, value, at)]);
    else refused.push({ what: [...at.path, shown(name)].map(String).join('.'), why });
  }
  return { env: Object.fromEntries(env), refused };
}

function whyNot(name: string, value: unknown, at: VariablesAt): string | null {
  if (value === null) return 'It takes a variable away instead of setting one.';
  if (!VariableName.safeParse(name).success) return 'It is no name of a variable.';
  const [, reserved] = ofFloor.find(([names]) => names.test(name)) ?? [];
  if (reserved !== undefined) return reserved;
  const said = text(name, value, at);
  return (
    at.notPlain(said) ??
    (holdsSecret(`${name}="${said}"`) ? 'It looks like a secret, and what a repository says is kept in the record.' : null)
  );
}

function text(name: string, value: unknown, { document, path }: VariablesAt): string {
  const said = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
  const parsed = VariableValue.safeParse(said);
  if (parsed.success) return parsed.data;
  throw complain(document, [...path, name], `${parsed.error.issues[0]?.message ?? 'It is no text'}.`, 'Write a short text in quotes.');
}
