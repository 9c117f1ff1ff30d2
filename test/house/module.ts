import { parseSync, Visitor, type Program } from 'oxc-parser';
import { posix } from 'node:path';

/** One source file as the rules of the house see it. */
export interface Module {
  /** Path from the repository root, posix. */
  readonly path: string;
  readonly source: string;
  readonly program: Program;
  readonly imports: readonly Import[];
  /** Names of the values it exports; types come along with them. */
  readonly exports: readonly string[];
  /** Line of an offset, from 1. */
  line(offset: number): number;
}

export interface Import {
  readonly specifier: string;
  /** Path from the repository root; null for a package or a Node module. */
  readonly target: string | null;
  readonly line: number;
}

export interface Fault {
  readonly rule: string;
  readonly path: string;
  readonly line: number;
  /** What stands there, and what to do instead. */
  readonly message: string;
}

/** A law of the house, over all its modules. */
export type Rule = (modules: readonly Module[]) => readonly Fault[];

/** Parses one file; throws for a file that does not parse, because a rule that cannot read must not pass. */
export function parseModule(path: string, source: string): Module {
  const { program, module, errors } = parseSync(path, source);
  if (errors[0] !== undefined) throw new Error(`${path} does not parse: ${errors[0].message}`);
  const starts = lineStarts(source);
  const line = (offset: number): number => starts.findLastIndex((start) => start <= offset) + 1;
  const found = [...staticRequests(module), ...expressionRequests(program)];
  const imports = found.map(({ specifier, offset }) => ({ specifier, target: resolve(path, specifier), line: line(offset) }));
  const exports = module.staticExports.flatMap((statement) =>
    statement.entries.filter((entry) => !entry.isType).map((entry) => entry.exportName.name ?? '*'),
  );
  return { path, source, program, imports, exports, line };
}

interface Request {
  readonly specifier: string;
  readonly offset: number;
}

function staticRequests(module: ReturnType<typeof parseSync>['module']): Request[] {
  const imports = module.staticImports.map((statement) => statement.moduleRequest);
  const exports = module.staticExports.flatMap((statement) => statement.entries.flatMap((entry) => entry.moduleRequest ?? []));
  return [...imports, ...exports].map((request) => ({ specifier: request.value, offset: request.start }));
}

/** `import('x')`, in code and in types, and `require('x')`. */
function expressionRequests(program: Program): Request[] {
  const found: Request[] = [];
  const add = (node: { readonly type: string; readonly start: number; readonly value?: unknown } | undefined): void => {
    if (typeof node?.value === 'string') found.push({ specifier: node.value, offset: node.start });
  };
  new Visitor({
    ImportExpression: (node) => add(node.source),
    TSImportType: (node) => add(node.source),
    CallExpression: (node) => {
      if (node.callee.type === 'Identifier' && node.callee.name === 'require') add(node.arguments[0]);
    },
  }).visit(program);
  return found;
}

function resolve(from: string, specifier: string): string | null {
  return specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : null;
}

function lineStarts(source: string): number[] {
  return [0, ...[...source.matchAll(/\n/g)].map((match) => match.index + 1)];
}
