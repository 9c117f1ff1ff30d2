import { assertionsOf } from './assertions.ts';
import type { Assertion } from './assertions.ts';
import { bindingsOf } from './bindings.ts';
import { runnerRoots } from './libraries.ts';
import { argumentsOf, isFunction, lineOf, nodesOf, plainText, stringValue } from './syntax.ts';
import type { Node } from './syntax.ts';

/** One test as the code of a file has it. */
export interface TestCase {
  /** Titles of the suites around it and its own: 'add > adds two numbers'. */
  readonly title: string;
  readonly line: number;
  readonly skipped: boolean;
  readonly only: boolean;
  /** What stands before the title: `test.each([...])`. */
  readonly call: string;
  /** The body without formatting, null where it is a function from elsewhere. */
  readonly body: string | null;
  readonly statements: number;
  /** Places at which it can end without reaching its assertions. */
  readonly exits: number;
  /** Milliseconds and retries it allows itself. */
  readonly limits: readonly number[];
  readonly assertions: readonly Assertion[];
}

/** The tests of a file, and as one more what the file asserts outside any test. */
export interface TestFile {
  readonly cases: readonly TestCase[];
  readonly outside: readonly Assertion[];
  /** Limits that hold for the whole file. */
  readonly limits: readonly number[];
  /** Whole text without formatting, to see edits beside the tests. */
  readonly text: string;
}

export interface Block {
  readonly node: Node;
  readonly start: number;
  readonly end: number;
  readonly title: string;
  readonly marks: Marks;
  readonly call: string;
  readonly body: Node | null;
  readonly isSuite: boolean;
}

interface Marks {
  readonly skipped: boolean;
  readonly only: boolean;
}

/** Reads the tests of a parsed file: their titles, marks, limits and assertions. */
export function testsOf(tree: Node): TestFile {
  const bindings = bindingsOf(tree);
  const blocks = blocksOf(tree, runnerRoots(bindings));
  const assertions = assertionsOf(tree, bindings);
  const tests = blocks.filter((block) => !block.isSuite);
  const owner = (at: number): Block | undefined => tests.findLast((block) => block.start <= at && at < block.end);
  return {
    cases: tests.map((block) =>
      testCase(
        block,
        assertions.filter((assertion) => owner(assertion.at) === block),
      ),
    ),
    outside: assertions.filter((assertion) => owner(assertion.at) === undefined),
    limits: limitsIn(tree)
      .filter(({ at }) => owner(at) === undefined)
      .map(({ value }) => value),
    text: plainText(tree),
  };
}

/** Suites and tests in the order in which they begin; each takes over title and marks from the suites around it. */
export function blocksOf(tree: Node, roots: ReadonlySet<string>): readonly Block[] {
  const blocks: Block[] = [];
  const open: Block[] = [];
  for (const node of nodesOf(tree, ['call_expression'])) {
    const { start, end } = node.range();
    while (open.length > 0 && (open.at(-1)?.end ?? 0) <= start.index) open.pop();
    const block = blockOf(node, roots, open.at(-1));
    if (block === null) continue;
    blocks.push({ ...block, start: start.index, end: end.index });
    open.push({ ...block, start: start.index, end: end.index });
  }
  return blocks;
}

/** `it.only('…')`, `test.each(…)('…')`, `t.test('…')`: the name, then the words after it. */
const callee = /^([A-Za-z_$][\w$]*)((?:\??\.[A-Za-z_$][\w$]*)*)/;

function blockOf(node: Node, roots: ReadonlySet<string>, parent: Block | undefined): Omit<Block, 'start' | 'end'> | null {
  const call = node.field('function');
  const [, root = '', words = ''] = callee.exec(call?.text() ?? '') ?? [];
  const isSubtest = /\??\.test$/.test(words) && parent?.isSuite === false;
  if (call === null || !(roots.has(root) || isSubtest) || isHook(words) || isTable(node)) return null;
  const given = argumentsOf(node);
  const body = given.findLast(isFunction) ?? null;
  const title = titleOf(given, body);
  if (title === null) return null;
  return {
    node,
    title: parent === undefined ? title : `${parent.title} > ${title}`,
    marks: marksOf(root, words, given, body, parent?.marks),
    call: plainText(call),
    body,
    isSuite: /^[xf]?(?:describe|context|suite)$/.test(root) || /\.(?:describe|suite|context)\b/.test(words),
  };
}

function titleOf(given: readonly Node[], body: Node | null): string | null {
  const [first] = given;
  if (first === undefined) return null;
  const title = stringValue(first);
  if (title !== null || body === null) return title;
  return isFunction(first) ? '(no title)' : plainText(first);
}

/** `test.each(table)`, whose result is then called with the title. */
function isTable(node: Node): boolean {
  const parent = node.parent();
  return String(parent?.kind()) === 'call_expression' && parent?.field('function')?.id() === node.id();
}

function isHook(words: string): boolean {
  return /\.(?:before|after|beforeEach|afterEach|serial\.before|mock|fn|spyOn|teardown|setup|use|extend|step|configure|afterAll|beforeAll|setTimeout|retryTimes|always)\b/.test(
    words,
  );
}

function marksOf(root: string, words: string, given: readonly Node[], body: Node | null, parent: Marks | undefined): Marks {
  const options = given
    .filter((argument) => argument.kind() === 'object')
    .map((argument) => plainText(argument))
    .join();
  const skips =
    /^x(?:it|test|describe|context|specify)$/.test(root) ||
    /\.(?:skip|todo|skipIf|runIf|failing|fails|skipped|pending|fixme)\b/.test(words);
  const set = (name: string): boolean => new RegExp(`[{,]['"]?${name}['"]?(?::(?!false\\b)|[,}])`).test(options);
  return {
    skipped: parent?.skipped === true || skips || set('skip') || set('todo') || (body === null ? given.length < 2 : skipsItself(body)),
    only: parent?.only === true || /^f(?:it|test|describe|context)$/.test(root) || /\.only\b/.test(words) || set('only'),
  };
}

function skipsItself(body: Node): boolean {
  return nodesOf(body, ['call_expression']).some((call) =>
    /^(?:this|t|ctx|context|test|tt|st)\.(?:skip|todo|pending|fixme)$/.test(call.field('function')?.text() ?? ''),
  );
}

function testCase(block: Block, assertions: readonly Assertion[]): TestCase {
  const code = block.body?.field('body') ?? null;
  return {
    title: block.title,
    line: lineOf(block.node),
    ...block.marks,
    call: block.call,
    body: code === null ? null : plainText(code),
    statements:
      code === null
        ? 0
        : code.kind() === 'statement_block'
          ? code.children().filter((child) => child.isNamed() && child.kind() !== 'comment').length
          : 1,
    exits: code === null ? 0 : exitsOf(code),
    limits: limitsIn(block.node).map(({ value }) => value),
    assertions,
  };
}

/** Returns of the test itself, not of functions inside it; a value returned last is a promise to wait for. */
function exitsOf(code: Node): number {
  const start = code.range().start.index;
  return nodesOf(code, ['return_statement']).filter((node) => {
    const within = node.ancestors().filter((ancestor) => ancestor.range().start.index > start);
    const isLast = within.length === 0 && node.nextAll().every((next) => !next.isNamed() || next.kind() === 'comment');
    return !isLast && !within.some(isFunction);
  }).length;
}

function limitsIn(node: Node): readonly { readonly at: number; readonly value: number }[] {
  const calls = nodesOf(node, ['call_expression', 'pair'], '(?-u)imeout|retr|slow').flatMap((candidate) => {
    const match =
      /^(?:[\w$.]+\.)?(?:timeout|setTimeout|retries|retry|retryTimes|setConfig|slow)\(([\d_]+)[,)]|^['"]?(?:timeout|testTimeout|retry|retries)['"]?\s*:\s*([\d_]+)$/.exec(
        candidate.text(),
      );
    const text = match?.[1] ?? match?.[2];
    return text === undefined || candidate.text().startsWith('setTimeout(')
      ? []
      : [{ at: candidate.range().start.index, value: Number(text.replaceAll('_', '')) }];
  });
  const last = node.kind() === 'call_expression' ? argumentsOf(node).at(-1) : undefined;
  return last?.kind() === 'number' ? [...calls, { at: last.range().start.index, value: Number(last.text().replaceAll('_', '')) }] : calls;
}
