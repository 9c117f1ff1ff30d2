import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { JidokaError } from '../../../../core/base/error.ts';
import { Scenario, Script } from './scenario.ts';

/** A file with one script gives its members beside the others. */
const oneScript = ['steps', 'cwd'] as const;

/**
 * Reads a scenario from YAML or JSON. `source` names it in errors. Throws `scenario-invalid` with the place of what is wrong.
 *
 * @example
 * readScenario('steps: [{ say: Hello. }]', 'hello.yaml').scripts.length; // 1
 */
export function readScenario(text: string, source: string): Scenario {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken !== undefined) throw invalid(`${source}:${lines.linePos(broken.pos[0]).line}: ${broken.message}`, broken);
  const value = withScripts(document.toJS({ maxAliasCount: 100 }) as unknown);
  const parsed = Scenario.safeParse(value.scenario);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues.flatMap(innermost);
  const path = issue?.path ?? [];
  const written = value.short && path[0] === 'scripts' ? path.slice(2) : path;
  const node = nodeAt(document, written);
  const line = node === null ? 1 : lines.linePos(node).line;
  throw invalid(`${source}:${line}: ${written.join('.') || 'the file'}: ${issue?.message ?? 'invalid'}`, parsed.error);
}

/** The scenario of a twin that was given none. */
export function politeScenario(): Scenario {
  const say =
    'This is the model twin of jidoka, a local double of a model API. It has no scenario and can say nothing else. Give it one: jidoka twin model --scenario FILE, in the form of docs/TWIN.md.';
  return Scenario.parse({ name: 'polite', scripts: [{ steps: [{ say, times: 'forever' }] }] });
}

function withScripts(value: unknown): { readonly short: boolean; readonly scenario: unknown } {
  const short = typeof value === 'object' && value !== null && !('scripts' in value) && oneScript.some((name) => name in value);
  if (!short) return { short, scenario: value };
  const members = Object.entries(value);
  const isOfScript = ([name]: [string, unknown]): boolean => oneScript.some((own) => own === name);
  const script = Object.fromEntries(members.filter(isOfScript));
  return { short, scenario: { ...Object.fromEntries(members.filter((member) => !isOfScript(member))), scripts: [script] } };
}

/** Of a union, what is wrong with the form that fits best: the one whose fault lies deepest. */
function innermost(issue: z.core.$ZodIssue): readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] {
  if (issue.code !== 'invalid_union') return [issue];
  const inner = issue.errors
    .flat()
    .flatMap(innermost)
    .toSorted((left, right) => right.path.length - left.path.length);
  const [deepest] = inner;
  if (deepest === undefined || deepest.path.length === 0)
    return [{ path: issue.path, message: inner.map(({ message }) => message).join(', or ') || issue.message }];
  return [{ path: [...issue.path, ...deepest.path], message: deepest.message }];
}

/** Where in the text a path leads; the nearest place around it that exists. */
function nodeAt(document: ReturnType<typeof parseDocument>, path: readonly PropertyKey[]): number | null {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)) return Number(node.range[0]);
  }
  return null;
}

function invalid(message: string, cause: unknown): JidokaError {
  const mend = `A scenario has steps, or scripts with steps: see docs/TWIN.md. A script takes ${Object.keys(Script.shape).join(', ')}.`;
  return new JidokaError('scenario-invalid', message, { mend, cause });
}
