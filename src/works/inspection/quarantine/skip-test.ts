import type { RunnerName } from '../runner/index.ts';
import { bindingsOf } from '../tamper/bindings.ts';
import { runnerRoots } from '../tamper/libraries.ts';
import { argumentsOf, isFunction, parseScript, type Node } from '../tamper/syntax.ts';
import { blocksOf } from '../tamper/test-cases.ts';

export type Skipped = { readonly kind: 'skipped'; readonly text: string } | { readonly kind: 'not-possible'; readonly why: string };

export interface Quarantine {
  readonly path: string;
  readonly text: string;
  /** Titles of the suites and of the test. */
  readonly titles: readonly string[];
  readonly runner: RunnerName;
  /** What the comment beside the skip says. */
  readonly comment: string;
}

/**
 * Edits a test file so that one of its tests is skipped in its runner's own way, with a comment above it. Refuses where it
 * cannot tell which call is the test, or where skipping the call would skip others too.
 */
export function skipTest({ path, text, titles, runner, comment }: Quarantine): Skipped {
  const tree = parseScript(path, text);
  if (tree === null) return none(`${path} is not a script that can be read`);
  const title = plain(titles.join(' > '));
  const calls = blocksOf(tree, runnerRoots(bindingsOf(tree))).filter((block) => !block.isSuite && plain(block.title) === title);
  const [call] = calls;
  if (call === undefined) return none(`no call in ${path} has these titles word for word`);
  if (calls.length > 1) return none(`${calls.length} calls in ${path} have these titles`);
  const edit = skipOf(call.node, runner);
  if (edit === null) return none(`the call in ${path} has no form that skips it alone: ${call.call}`);
  // The parser is not shown the line that names an interpreter.
  const offset = /^#!.*/.exec(text)?.[0].length ?? 0;
  const [at, start] = [edit.at + offset, call.start + offset];
  const edited = text.slice(0, at) + edit.text + text.slice(at);
  return { kind: 'skipped', text: withComment(edited, start, comment) };
}

interface Edit {
  readonly at: number;
  readonly text: string;
}

/** `it(…)` becomes `it.skip(…)`; a subtest, which has no such form, gets an option. */
function skipOf(call: Node, runner: RunnerName): Edit | null {
  const callee = call.field('function');
  const words = callee?.text() ?? '';
  if (callee === null) return null;
  if (/^[\w$]+(?:\.(?:serial|concurrent))?$/.test(words) && runner !== 'tap') return { at: callee.range().end.index, text: '.skip' };
  const [title, second, ...more] = argumentsOf(call);
  const takesOptions = runner === 'node:test' || runner === 'tap';
  if (!takesOptions || title === undefined || second === undefined || !isFunction(second) || more.length > 0) return null;
  return { at: second.range().start.index, text: "{ skip: 'flaky' }, " };
}

function withComment(text: string, start: number, comment: string): string {
  const words = comment.replaceAll(/\s+/g, ' ').replaceAll('*/', '* /');
  const line = text.lastIndexOf('\n', start - 1) + 1;
  const indent = text.slice(line, start);
  if (/^\s*$/.test(indent)) return `${text.slice(0, line)}${indent}// ${words}\n${text.slice(line)}`;
  return `${text.slice(0, start)}/* ${words} */ ${text.slice(start)}`;
}

/** Titles as ids have them, without what quoting needs. */
function plain(title: string): string {
  return title
    .replaceAll(/\\(['"`\\])/g, '$1')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function none(why: string): Skipped {
  return { kind: 'not-possible', why };
}
