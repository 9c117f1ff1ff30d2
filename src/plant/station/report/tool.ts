import { z } from 'zod';
import { reportForms, type ReportForm } from '../../../core/station/report.ts';
import { fieldWords, stateWords } from './form-words.ts';
import { statesOf, type NoOpRules } from './states.ts';

export const toolName = 'report';

/** A part of a JSON Schema. */
type Schema = Readonly<Record<string, unknown>>;

/**
 * The one tool of the desk, as `tools/list` shows it. Its schema is one flat object, though each state has fields of its
 * own: agents take no choice at the top (Gemini and Codex refuse `oneOf` there). What belongs to which state is said in
 * words, and held to when a report comes.
 */
export function reportTool(form: ReportForm, rules: NoOpRules): object {
  return {
    name: toolName,
    title: 'Hand in the report',
    description: descriptionOf(form, rules),
    inputSchema: flatSchema(form, rules),
    // It changes nothing of the world: agents need not ask anybody, nor a model that judges calls.
    annotations: { title: 'Hand in the report', readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    // Claude Code hides tools behind a search otherwise.
    _meta: { 'anthropic/alwaysLoad': true },
  };
}

function descriptionOf(form: ReportForm, rules: NoOpRules): string {
  const states = statesOf(form, rules).map((state) => `- ${state}: ${stateWords(form, state)}.`);
  const first = 'Hands in the result of your stage. Call it once, as the last thing you do: only what you hand in here counts.';
  return [first, 'Every state is as good as the others, if it is the true one:', ...states].join('\n');
}

interface Variant {
  readonly state: string;
  readonly properties: Readonly<Record<string, Schema>>;
  readonly required: readonly string[];
}

function flatSchema(form: ReportForm, rules: NoOpRules): object {
  const states = statesOf(form, rules);
  const variants = variantsOf(form).filter(({ state }) => states.includes(state));
  const names = [...new Set(variants.flatMap(({ properties }) => Object.keys(properties)))].filter((name) => name !== 'state');
  const fields = names.map((name) => [name, fieldOf(name, { form, rules, variants })] as const);
  return {
    type: 'object',
    properties: { state: { type: 'string', enum: states, description: 'What your stage came to.' }, ...Object.fromEntries(fields) },
    required: ['state', ...names.filter((name) => variants.every(({ required }) => required.includes(name)))],
    additionalProperties: false,
  };
}

function variantsOf(form: ReportForm): readonly Variant[] {
  return reportForms[form].options.map((option) => {
    const { properties = {}, required = [] } = z.toJSONSchema(option, { io: 'input', override: ({ jsonSchema }) => plain(jsonSchema) });
    return { state: option.shape.state.value, properties: properties as Variant['properties'], required };
  });
}

/** Leaves out what says nothing to an agent: presets, and the largest number of JavaScript. */
function plain(schema: z.core.JSONSchema.BaseSchema): void {
  delete schema.default;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
}

interface Around {
  readonly form: ReportForm;
  readonly rules: NoOpRules;
  readonly variants: readonly Variant[];
}

/** A field of whatever states have it. Throws where two states mean different things by one name. */
function fieldOf(name: string, { form, rules, variants }: Around): Schema {
  const having = variants.filter(({ properties }) => Object.hasOwn(properties, name));
  const [schema = {}, ...others] = having.map(({ properties }) => properties[name]);
  if (others.some((other) => JSON.stringify(other) !== JSON.stringify(schema))) {
    throw new Error(`The states of the form ${form} mean different things by ${name}.`);
  }
  const always = having.length === variants.length;
  const optional = having.every(({ required }) => !required.includes(name));
  const only = always
    ? ''
    : ` ${optional ? 'May be given' : 'Needed'} with ${having.map(({ state }) => state).join(', ')}, and with no other state.`;
  const description = `${fieldWords(form, name)}${only}`;
  return name === 'rule' ? ruleField(description, rules) : { ...schema, description };
}

/** The rules there are: some agents let no other through. */
function ruleField(description: string, rules: NoOpRules): Schema {
  const known = rules.map(({ code, statement, proof }) => `${code}: ${statement} (proof: ${proof})`);
  return { type: 'string', enum: rules.map(({ code }) => code), description: [description, ...known].join('\n') };
}
