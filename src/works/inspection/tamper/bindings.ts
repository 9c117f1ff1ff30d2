import { nodesOf } from './syntax.ts';
import type { Node } from './syntax.ts';

/** What a name of a file stands for: a module, or one export of it. */
export interface Binding {
  readonly module: string;
  /** `default` and `*` are the module itself. */
  readonly imported: string;
}

export type Bindings = ReadonlyMap<string, Binding>;

/** Names that imports and requires of a file bring in. */
export function bindingsOf(tree: Node): Bindings {
  const found = new Map<string, Binding>();
  for (const node of nodesOf(tree, ['import_statement', 'variable_declarator'])) {
    const bound = node.kind() === 'import_statement' ? importedNames(node.text()) : declaredNames(node, found);
    for (const [name, binding] of bound) found.set(name, binding);
  }
  return found;
}

/** Every module that a file names, in whatever way it loads it. */
export function modulesOf(tree: Node): readonly Node[] {
  return nodesOf(tree, ['string']).filter((node) => {
    const parent = node.parent();
    const kind = String(parent?.kind());
    if (kind === 'import_statement' || kind === 'export_statement') return true;
    const loader = kind === 'arguments' ? parent?.parent()?.field('function')?.text() : undefined;
    return loader !== undefined && /^(?:import|(?:\w+\.)?require(?:\.resolve)?)$/.test(loader);
  });
}

function importedNames(text: string): readonly (readonly [string, Binding])[] {
  const module = /(['"])([^'"]+)\1/.exec(text)?.[2];
  if (module === undefined) return [];
  const clause = text.slice('import'.length, text.search(/['"]/));
  const whole = /^\s*(?:type\s+)?([\w$]+)/.exec(clause)?.[1];
  const namespace = /\*\s*as\s+([\w$]+)/.exec(clause)?.[1];
  const names = /\{([^}]*)\}/.exec(clause)?.[1] ?? '';
  return [
    ...(whole === undefined || whole === 'from' ? [] : [[whole, { module, imported: 'default' }] as const]),
    ...(namespace === undefined ? [] : [[namespace, { module, imported: '*' }] as const]),
    ...pairs(names, /\s+as\s+/).map(([imported, name]) => [name, { module, imported }] as const),
  ];
}

/** `const x = require('m')`, `const { y } = await import('m')`, and second names for what is already bound. */
function declaredNames(node: Node, known: Bindings): readonly (readonly [string, Binding])[] {
  const value = node.field('value')?.text() ?? '';
  const name = node.field('name')?.text() ?? '';
  const source = loaded(value) ?? known.get(value);
  if (source === undefined) return [];
  if (!name.startsWith('{')) return [[name, source]];
  return pairs(name.slice(1, -1), /\s*:\s*/).map(([imported, local]) => [local, { module: source.module, imported }] as const);
}

function loaded(value: string): Binding | undefined {
  if (/^(?:(?:globalThis|global)\.)?process$/.test(value)) return { module: 'process', imported: '*' };
  const [, , module, member] = /^(?:\(?await\s+import|require)\(\s*(['"`])([^'"`]+)\1\s*\)\)?(?:\.(\w+))?/.exec(value) ?? [];
  return module === undefined ? undefined : { module, imported: member ?? '*' };
}

function pairs(list: string, separator: RegExp): readonly (readonly [string, string])[] {
  return list.split(',').flatMap((item) => {
    const [imported, local] = item.trim().split(separator);
    return imported === undefined || imported === '' ? [] : [[imported, (local ?? imported).replace(/\s*=.*/s, '')] as const];
  });
}
