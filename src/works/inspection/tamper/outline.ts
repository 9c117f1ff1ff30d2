import { assertionsOf } from './assertions.ts';
import { bindingsOf, modulesOf } from './bindings.ts';
import { runnerRoots } from './libraries.ts';
import { strengthOf } from './strength.ts';
import { nodesOf, parseScript, stringValue, type Node } from './syntax.ts';
import { blocksOf, type Block } from './test-cases.ts';

/** What a test file is made of, as far as it can be told by reading. */
export interface Outline {
  /** Names that imports and requires bring in, with their module. */
  readonly imports: ReadonlyMap<string, string>;
  /** Every module that the file names. */
  readonly modules: readonly string[];
  /** Names that the file gives, with all names that their definition uses. */
  readonly definitions: readonly { readonly name: string; readonly uses: readonly string[] }[];
  readonly tests: readonly OutlinedTest[];
  /** Strings without their quotes. */
  readonly strings: readonly string[];
}

export interface OutlinedTest {
  /** Titles of the suites around it and its own, as in a test id after the file. */
  readonly title: string;
  /** It throws, or calls a function that only fails: what is seen to fail then is the test itself. */
  readonly failsByItself: boolean;
  readonly assertions: readonly { readonly text: string; readonly names: readonly string[]; readonly isExact: boolean }[];
}

/** Reads a test file; null for a path that is no script. */
export function outlineOf(path: string, text: string): Outline | null {
  const tree = parseScript(path, text);
  if (tree === null) return null;
  const bindings = bindingsOf(tree);
  const assertions = assertionsOf(tree, bindings);
  const blocks = blocksOf(tree, runnerRoots(bindings)).filter(({ isSuite }) => !isSuite);
  return {
    imports: new Map([...bindings].map(([name, { module }]) => [name, module])),
    modules: modulesOf(tree).flatMap((node) => stringValue(node) ?? []),
    definitions: definitionsIn(tree),
    strings: nodesOf(tree, ['string', 'template_string']).flatMap((node) => stringValue(node) ?? []),
    tests: blocks.map((block) => ({
      title: block.title,
      failsByItself: failsByItself(block),
      assertions: assertions
        .filter(({ at }) => block.start <= at && at < block.end)
        .map((assertion) => ({ text: assertion.text, names: namesIn(assertion.text), isExact: strengthOf(assertion) === 3 })),
    })),
  };
}

/**
 * A test file without some of its tests; null where one of them was not found, as where a loop makes it.
 *
 * @example
 * withoutTests('a.test.js', text, new Set(['adds zero']));
 */
export function withoutTests(path: string, text: string, titles: ReadonlySet<string>): string | null {
  const tree = parseScript(path, text);
  if (tree === null) return null;
  const blocks = blocksOf(tree, runnerRoots(bindingsOf(tree))).filter((block) => !block.isSuite && titles.has(block.title));
  if (new Set(blocks.map(({ title }) => title)).size < titles.size) return null;
  const spans = blocks.map(({ node }) => statementOf(node).range()).sort((left, right) => right.start.index - left.start.index);
  return spans.reduce((rest, { start, end }) => rest.slice(0, start.index) + rest.slice(end.index), text);
}

function statementOf(node: Node): Node {
  const parent = node.parent();
  const kind = String(parent?.kind());
  return parent !== null && (kind === 'expression_statement' || kind === 'await_expression') ? statementOf(parent) : node;
}

const onlyFails = /^(?:[\w$]+\.)?(?:fail|unreachable)\(/;

function failsByItself({ node }: Block): boolean {
  if (nodesOf(node, ['throw_statement']).length > 0) return true;
  return nodesOf(node, ['call_expression']).some((call) => onlyFails.test(call.text().replaceAll(/\s/g, '')));
}

function definitionsIn(tree: Node): Outline['definitions'] {
  return nodesOf(tree, ['variable_declarator', 'function_declaration', 'class_declaration', 'assignment_expression']).flatMap((node) => {
    const own = node.field(node.kind() === 'assignment_expression' ? 'left' : 'name')?.text() ?? '';
    const uses = namesIn(node.text());
    return namesIn(own).map((name) => ({ name, uses }));
  });
}

/** Names that code uses, without what stands in its strings. */
function namesIn(code: string): readonly string[] {
  const bare = code.replaceAll(/'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"/g, ' ');
  return [...new Set(bare.match(/(?<![\w$.])[A-Za-z_$][\w$]*/g) ?? [])];
}
