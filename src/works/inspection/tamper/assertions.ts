import type { Bindings } from './bindings.ts';
import { assertionRoots } from './libraries.ts';
import { isFunction, lineOf, nodesOf, plainText } from './syntax.ts';
import type { Node } from './syntax.ts';

/** One assertion of a test file. */
export interface Assertion {
  readonly text: string;
  readonly line: number;
  /** Offset in the file, to tell whose it is. */
  readonly at: number;
  /** Words that say how it compares: 'deepEqual', 'to.be.true'. */
  readonly matcher: string;
  /** What stands between it and the test: 'catch', 'condition', 'later'. */
  readonly guards: readonly Guard[];
}

export type Guard = 'catch' | 'condition' | 'later';

const methodNames =
  'is|not|ok|notOk|true|false|truthy|falsy|equal|equals|notEqual|notEquals|strictEqual|notStrictEqual|looseEqual|deepEqual|notDeepEqual|deepLooseEqual|same|notSame|strictSame|has|hasStrict|match|notMatch|matchObject|like|throws|throwsAsync|doesNotThrow|notThrows|notThrowsAsync|rejects|resolves|error|ifError|regex|notRegex|snapshot|assertSnapshot|matchSnapshot|pass|fail|assert|type|plan|isDeeply|isEqual|isNot|isNotEqual|isA';
const contextMethod = new RegExp(`^(?:t|tt|st|tap|test|assert|q|ctx|is|context)\\.(?:assert\\.)?(?:${methodNames})$`);

/** Every assertion of a file, whole chains as one, in the order of the text. */
export function assertionsOf(tree: Node, bindings: Bindings): readonly Assertion[] {
  const roots = assertionRoots(bindings);
  const seen = new Map<number, Assertion>();
  const candidates = [...nodesOf(tree, ['call_expression']), ...nodesOf(tree, ['member_expression'], '[.]should$')];
  for (const node of candidates.filter((candidate) => begins(candidate, roots))) {
    const whole = outermost(node);
    const at = whole.range().start.index;
    if (!seen.has(at)) seen.set(at, assertionOf(whole));
  }
  return [...seen.values()].sort((left, right) => left.at - right.at);
}

/** `assert(…)`, `assert.equal(…)`, `expect(…)`, `t.is(…)`, `x.should`. */
function begins(node: Node, roots: ReadonlySet<string>): boolean {
  if (node.kind() === 'member_expression')
    return node.field('property')?.text() === 'should' && node.parent()?.kind() !== 'call_expression';
  const callee = node.field('function')?.text() ?? '';
  const root = /^[A-Za-z_$][\w$]*/.exec(callee)?.[0] ?? '';
  if (roots.has(root)) return /^[\w$]+(?:\??\.[\w$]+)*$/.test(callee) && !preparesOnly.test(callee);
  return contextMethod.test(callee) || callee.startsWith('sinon.assert.');
}

/** Calls of an assertion library that assert nothing by themselves. */
const preparesOnly =
  /^(?:chai\.use|should\.use|expect\.(?:extend|any|anything|objectContaining|arrayContaining|stringContaining|stringMatching|closeTo))$/;

/** The end of the chain that a call begins: `expect(a).to.be.true`. */
function outermost(node: Node): Node {
  let whole = node;
  for (let parent = node.parent(); parent !== null; parent = whole.parent()) {
    const kind = String(parent.kind());
    const goesOn =
      (kind === 'member_expression' && parent.field('object')?.id() === whole.id()) ||
      (kind === 'call_expression' && parent.field('function')?.id() === whole.id());
    if (!goesOn) return whole;
    whole = parent;
  }
  return whole;
}

function assertionOf(node: Node): Assertion {
  const text = plainText(node);
  return { text, line: lineOf(node), at: node.range().start.index, matcher: matcherOf(text), guards: guardsOf(node) };
}

/** The words of a chain, without what is given to them. */
function matcherOf(text: string): string {
  let depth = 0;
  let words = '';
  for (const letter of text.replaceAll(/'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`/g, '')) {
    if (letter === '(' || letter === '[' || letter === '{') depth += 1;
    else if (letter === ')' || letter === ']' || letter === '}') depth -= 1;
    else if (depth === 0) words += letter;
  }
  return words.replace(/^\w+\.?/, '').replaceAll('?', '');
}

/** Looks outwards to the nearest test or suite for what may keep a failure from being seen. */
function guardsOf(node: Node): readonly Guard[] {
  const guards: Guard[] = [];
  let inside = node;
  for (const ancestor of node.ancestors()) {
    if (isFunction(ancestor)) {
      if (isGivenToTest(ancestor)) return guards;
      guards.push('later');
    } else guards.push(...guardOf(ancestor, inside));
    inside = ancestor;
  }
  return guards;
}

function guardOf(ancestor: Node, inside: Node): readonly Guard[] {
  const isAt = (field: string): boolean => ancestor.field(field)?.id() === inside.id();
  switch (String(ancestor.kind())) {
    case 'try_statement':
      return isAt('body') && ancestor.field('handler') !== null ? ['catch'] : [];
    case 'call_expression':
      return ancestor.field('function')?.text().endsWith('.catch') === true ? ['catch'] : [];
    case 'if_statement':
    case 'ternary_expression':
      return isAt('condition') ? [] : ['condition'];
    case 'binary_expression':
      return isAt('right') && isShortcut(ancestor) ? ['condition'] : [];
    case 'catch_clause':
    case 'switch_case':
      return ['condition'];
    default:
      return [];
  }
}

function isShortcut(node: Node): boolean {
  return /^(?:&&|\|\||\?\?)$/.test(node.field('operator')?.text() ?? '');
}

function isGivenToTest(node: Node): boolean {
  const call = node.parent()?.parent();
  return (
    String(node.parent()?.kind()) === 'arguments' &&
    /^(?:[xf]?(?:it|test|specify|describe|context|suite)\b|(?:\w+\.)?test\b|tape?\b)/.test(call?.field('function')?.text() ?? '')
  );
}
