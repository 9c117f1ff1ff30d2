import { Lang, parse } from '@ast-grep/napi';
import type { SgNode } from '@ast-grep/napi';

/** A node of a syntax tree. */
export type Node = SgNode;

const languages: Readonly<Record<string, Lang>> = {
  js: Lang.JavaScript,
  cjs: Lang.JavaScript,
  mjs: Lang.JavaScript,
  jsx: Lang.JavaScript,
  ts: Lang.TypeScript,
  cts: Lang.TypeScript,
  mts: Lang.TypeScript,
  tsx: Lang.Tsx,
};

/** Files that hold code in a language that the scan cannot read. */
const unreadable = /\.(?:vue|svelte|astro|coffee|litcoffee|ls|civet|elm|res|wasm|node)$/i;

export type Language = 'script' | 'unreadable' | 'none';

export function languageOf(path: string): Language {
  if (languages[extension(path)] !== undefined) return 'script';
  return unreadable.test(path) ? 'unreadable' : 'none';
}

/** Parses a script; null for a path that is none. A tree is made of any text, wrong parts become ERROR nodes. */
export function parseScript(path: string, text: string): Node | null {
  const language = languages[extension(path)];
  return language === undefined ? null : parse(language, text.replace(/^#!.*/, '')).root();
}

export function hasErrors(tree: Node): boolean {
  return tree.find({ rule: { kind: 'ERROR' } }) !== null;
}

/** Nodes of the given kinds whose text matches the expression, in the order in which they begin. */
export function nodesOf(tree: Node, kinds: readonly string[], regex?: string): readonly Node[] {
  const any = kinds.map((kind) => ({ kind }));
  return tree.findAll({ rule: regex === undefined ? { any } : { any, regex } });
}

/** Line counted from 1. */
export function lineOf(node: Node): number {
  return node.range().start.line + 1;
}

/** Code without comments and without a care for formatting; what stands inside strings keeps its bytes. */
export function plainText(node: Node): string {
  const text = node.text();
  if (!/[\s"`;,]/.test(text)) return text;
  const code = text.includes('//') || text.includes('/*') ? withoutSpans(text, node, node.findAll({ rule: { kind: 'comment' } })) : text;
  return code.replaceAll(tokens, plainToken);
}

/**
 * The first 600 characters of a node in the manner of {@link plainText}, without asking the tree about comments: for
 * rules that look at how a piece of code begins.
 */
export function beginning(node: Node | null): string {
  if (node === null) return '';
  const code = node.text().slice(0, 600);
  if (!/[\s"`;,]/.test(code)) return code;
  return code.replaceAll(/\/\*[^]*?\*\/|(?<![:'"`\\])\/\/.*/g, ' ').replaceAll(tokens, plainToken);
}

const tokens =
  /("[^"'`\\\n]*")|('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)|[,;]?\s*(?=[)\]}])|\s*([()[\]{},;:?=<>+*&|!-])\s*|\s+|;$/g;

function plainToken(token: string, simple: string | undefined, quoted: string | undefined, sign: string | undefined): string {
  if (simple !== undefined) return `'${simple.slice(1, -1)}'`;
  if (quoted !== undefined) return quoted;
  if (sign !== undefined) return sign;
  return /^\s+$/.test(token) ? ' ' : '';
}

function withoutSpans(text: string, node: Node, spans: readonly Node[]): string {
  const offset = node.range().start.index;
  let out = '';
  let done = 0;
  for (const span of spans) {
    const { start, end } = span.range();
    out += text.slice(done, start.index - offset);
    done = end.index - offset;
  }
  return out + text.slice(done);
}

/** Named children of a call's argument list, comments left out. */
export function argumentsOf(call: Node): readonly Node[] {
  const list = call.field('arguments');
  return list === null ? [] : list.children().filter((child) => child.isNamed() && child.kind() !== 'comment');
}

/** The text of a string without its quotes, or null where a value goes into it or it is no string. */
export function stringValue(node: Node): string | null {
  const kind = node.kind();
  if (kind !== 'string' && kind !== 'template_string') return null;
  return node.text().slice(1, -1);
}

const functionKinds: ReadonlySet<string> = new Set([
  'arrow_function',
  'function_expression',
  'function',
  'generator_function',
  'function_declaration',
  'method_definition',
]);

export function isFunction(node: Node): boolean {
  return functionKinds.has(String(node.kind()));
}

function extension(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1).toLowerCase();
}
