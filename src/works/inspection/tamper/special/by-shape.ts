import type { Finding } from '../../../../core/evidence/fact.ts';
import { finding } from '../finding.ts';
import { argumentsOf, lineOf, nodesOf, plainText } from '../syntax.ts';
import type { Node } from '../syntax.ts';

/** Conditions of a parsed file under which it answers with a constant, as texts to know them again. */
export function answersIn(tree: Node): ReadonlySet<string> {
  return new Set(nodesOf(tree, places).map(plainText));
}

/**
 * Finds new code that knows a tested value without naming it, and answers with a tested one: by its length and some sign of
 * it, or with an answer that is put together of constants. Whatever computes its answer from what it is given is passed over.
 */
export function answersByShape(
  source: { readonly file: string; readonly tree: Node; readonly known: ReadonlySet<string> },
  tested: ReadonlySet<string>,
): readonly Finding[] {
  const values = new Set([...tested].filter((text) => text.startsWith("'")).map((text) => text.slice(1, -1)));
  return nodesOf(source.tree, places).flatMap((place) => {
    const answer = constantOf(answerOf(place));
    if (answer === null || !values.has(answer.value) || source.known.has(plainText(place))) return [];
    if (!answer.assembled && !knowsByShape(place.field('condition'), values)) return [];
    return [finding('special-case', source.file, lineOf(place), plainText(place).slice(0, 200))];
  });
}

const places = ['if_statement', 'ternary_expression'];

/** What is answered where the condition holds; null where more is done than that. */
function answerOf(place: Node): Node | null {
  const then = place.field('consequence');
  if (then === null || String(place.kind()) === 'ternary_expression') return then;
  const [only, ...more] = String(then.kind()) === 'statement_block' ? named(then) : [then];
  if (only === undefined || more.length > 0 || String(only.kind()) !== 'return_statement') return null;
  return named(only)[0] ?? null;
}

interface Constant {
  readonly value: string;
  /** Nobody who means it writes it so. */
  readonly assembled: boolean;
}

/** The text that an expression of constants comes to, as it would be written. */
function constantOf(node: Node | null): Constant | null {
  switch (String(node?.kind())) {
    case 'string':
      return node === null ? null : { value: node.text().slice(1, -1), assembled: false };
    case 'template_string':
      return node === null || node.text().includes('${') ? null : { value: node.text().slice(1, -1), assembled: false };
    case 'parenthesized_expression':
      return constantOf(node === null ? null : (named(node)[0] ?? null));
    case 'call_expression':
      return node === null ? null : assembledBy(node);
    default:
      return null;
  }
}

/** `['a', 'b'].join('-')` and `'a'.concat('b')`. */
function assembledBy(call: Node): Constant | null {
  const callee = call.field('function');
  const [object, method] = [callee?.field('object') ?? null, callee?.field('property')?.text()];
  const given = constants(argumentsOf(call));
  if (object === null || given === null) return null;
  if (method === 'concat') {
    const first = constantOf(object);
    return first === null ? null : { value: [first.value, ...given].join(''), assembled: true };
  }
  const parts = method === 'join' && String(object.kind()) === 'array' ? constants(named(object)) : null;
  const between = given[0] ?? ',';
  // Lines of a text are joined by whoever means it.
  return parts === null || parts.length < 2 || between.includes('\\') ? null : { value: parts.join(between), assembled: true };
}

function constants(nodes: readonly Node[]): readonly string[] | null {
  const texts = nodes.map((node) => constantOf(node)?.value ?? null);
  return texts.includes(null) ? null : texts.flatMap((text) => text ?? []);
}

/** One part of a condition: what it asks of a text. */
interface Question {
  readonly subject: string;
  readonly isLength: boolean;
  readonly holds: (text: string) => boolean;
}

/** Whether a condition asks for the length of a text and for some sign in it, and a tested one answers to both. */
function knowsByShape(condition: Node | null, values: ReadonlySet<string>): boolean {
  const questions = condition === null ? [] : partsOf(condition).flatMap((part) => questionOf(part) ?? []);
  return questions
    .filter(({ isLength }) => isLength)
    .some(({ subject }) => {
      const same = questions.filter((other) => other.subject === subject);
      return same.length > 1 && [...values].some((value) => same.every(({ holds }) => holds(value)));
    });
}

/** What must hold together. */
function partsOf(condition: Node): readonly Node[] {
  const kind = String(condition.kind());
  if (kind === 'parenthesized_expression') return named(condition).flatMap(partsOf);
  if (kind !== 'binary_expression' || condition.field('operator')?.text() !== '&&') return [condition];
  return [condition.field('left'), condition.field('right')].flatMap((side) => (side === null ? [] : partsOf(side)));
}

const asks: readonly {
  readonly pattern: RegExp;
  readonly ask: (text: string, groups: readonly string[]) => boolean;
  readonly isLength: boolean;
}[] = [
  { pattern: /^(\S+)\.length===?(\d+)$/, ask: (text, [, length]) => text.length === Number(length), isLength: true },
  {
    pattern: /^(\S+?)(?:\[|\.charAt\(|\.at\()(-?\d+)[\])]===?'(.)'$/,
    ask: (text, [, at, sign]) => text.at(Number(at)) === sign,
    isLength: false,
  },
  {
    pattern: /^(\S+)\.(?:charCodeAt|codePointAt)\((\d+)\)===?(\d+)$/,
    ask: (text, [, at, code]) => text.charCodeAt(Number(at)) === Number(code),
    isLength: false,
  },
  { pattern: /^(\S+)\.startsWith\('(.+)'\)$/, ask: (text, [, start = '']) => text.startsWith(start), isLength: false },
  { pattern: /^(\S+)\.endsWith\('(.+)'\)$/, ask: (text, [, end = '']) => text.endsWith(end), isLength: false },
  { pattern: /^(\S+)\.includes\('(.+)'\)$/, ask: (text, [, part = '']) => text.includes(part), isLength: false },
];

function questionOf(part: Node): Question | null {
  const text = written(part);
  for (const { pattern, ask, isLength } of asks) {
    const found = pattern.exec(text);
    if (found === null) continue;
    const [, subject = '', ...groups] = found;
    return { subject, isLength, holds: (value) => ask(value, [subject, ...groups]) };
  }
  return null;
}

/** A comparison with its constant to the right. */
function written(part: Node): string {
  const text = plainText(part);
  const [left, right] = [part.field('left'), part.field('right')];
  const operator = part.field('operator')?.text() ?? '';
  if (left === null || right === null || !/^===?$/.test(operator)) return text;
  return ['string', 'number'].includes(String(left.kind())) ? `${plainText(right)}${operator}${plainText(left)}` : text;
}

function named(node: Node): readonly Node[] {
  return node.children().filter((child) => child.isNamed() && child.kind() !== 'comment');
}
