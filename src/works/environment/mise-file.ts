import { z } from 'zod';
import { ToolName, ToolVersion } from '../../core/environment/environment-spec.ts';
import { complain, shaped, tomlDocument, type Document } from './document.ts';
import { shown, type Found, type Refusal } from './found.ts';
import { toolNamed } from './tool-name.ts';
import { plainVariables } from './variables.ts';

const Tables = z.record(z.string(), z.unknown(), { error: 'It is no table' });
const MiseFile = z.looseObject({
  tools: Tables.optional(),
  env: z.union([Tables, z.array(Tables)], { error: 'It is no table' }).optional(),
});

/** Tables that no command of the factory would notice. */
const heeded = /^(?:tools|env|tasks|task_config|alias|tool_alias|shell_alias|settings|min_version|redactions)$/;

const templates = 'Templates are not evaluated.';

/** What a file of the mise tool manager says in [tools] and [env]; null where that is nothing. */
export async function miseFile(path: string, text: string): Promise<Found | null> {
  const document = await tomlDocument(path, text);
  const { tools = {}, env = {}, ...others } = shaped(document, MiseFile);
  const asked = Object.entries(tools).map(([name, value]) => toolOf(document, name, value));
  const variables = (Array.isArray(env) ? env : [env]).map((table) => variablesOf(document, table));
  const refused = [
    ...asked.flatMap((one) => one.refused),
    ...variables.flatMap((one) => one.refused),
    ...Object.keys(others)
      .filter((key) => !heeded.test(key))
      .map((key) => ({ what: shown(key), why: 'Of this file only [tools] and [env] are read.' })),
  ];
  if (asked.length === 0 && Object.keys(env).length === 0 && refused.length === 0) return null;
  return {
    source: path,
    base: { kind: 'host' },
    tools: Object.fromEntries(asked.flatMap(({ pin }) => (pin === null ? [] : [pin]))),
    setup: null,
    env: Object.assign({}, ...variables.map((one) => one.env)),
    refused,
  };
}

interface ToolFound {
  readonly pin: [string, string] | null;
  readonly refused: readonly Refusal[];
}

function toolOf(document: Document, name: string, value: unknown): ToolFound {
  const what = `tools.${shown(name)}`;
  const tool = toolNamed(name);
  if (!ToolName.safeParse(tool).success) return { pin: null, refused: [{ what, why: 'It is no name of a tool.' }] };
  const [first, ...others]: readonly unknown[] = Array.isArray(value) ? value : [value];
  const table = Tables.safeParse(first);
  const version = table.success ? table.data['version'] : first;
  const options = table.success ? Object.keys(table.data).filter((key) => key !== 'version') : [];
  const refused = [
    ...options.map((key) => ({ what: `${what}.${shown(key)}`, why: 'Of a tool only the version is read.' })),
    ...others.map((_, at) => ({ what: `${what}[${at + 1}]`, why: 'Only the first version is asked for.' })),
  ];
  const said = typeof version === 'number' ? String(version) : version;
  if (typeof said === 'string' && isTemplate(said)) return { pin: null, refused: [...refused, { what, why: templates }] };
  const parsed = ToolVersion.safeParse(said);
  if (!parsed.success) throw complain(document, ['tools', name], 'It is no version.', 'Write one version in quotes, such as "22".');
  return { pin: [tool, parsed.data], refused };
}

function variablesOf(document: Document, table: Readonly<Record<string, unknown>>): Pick<Found, 'env' | 'refused'> {
  const judged = Object.entries(table).map(([name, value]) => ({ name, value, why: whyOdd(name, value) }));
  const values = judged.flatMap(({ name, value, why }) => (why === null ? [[name, value] as const] : []));
  const notPlain = (text: string): string | null => (isTemplate(text) ? templates : null);
  const plain = plainVariables(Object.fromEntries(values), { document, path: ['env'], notPlain });
  const odd = judged.flatMap(({ name, why }) => (why === null ? [] : [{ what: `env.${shown(name)}`, why }]));
  return { env: plain.env, refused: [...plain.refused, ...odd] };
}

/** Why a member of [env] is no variable with a value; null where it is one. */
function whyOdd(name: string, value: unknown): string | null {
  if (name === '_') return 'It loads files or runs scripts.';
  if (value === false) return 'It takes a variable away instead of setting one.';
  return typeof value === 'object' ? 'Only plain text is taken.' : null;
}

function isTemplate(text: string): boolean {
  return /\{[{%]/.test(text);
}
