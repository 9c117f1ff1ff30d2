import type { Expression, VariableDeclaration } from 'oxc-parser';
import type { Fault, Module } from './module.ts';
import { placeOf } from './place.ts';

/** No module keeps state: what lives longer than a call is handed in or returned. */
export function moduleState(modules: readonly Module[]): Fault[] {
  return modules.filter(({ path }) => !placeOf(path).isTest && placeOf(path).layer !== 'outside').flatMap(faultsOf);
}

function faultsOf(module: Module): Fault[] {
  return module.program.body.flatMap((statement) => {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declaration?.type !== 'VariableDeclaration' || declaration.declare || !holdsState(declaration)) return [];
    const message = 'State at module level outlives its caller: make it inside the function or the object that owns it.';
    return [{ rule: 'module-state', path: module.path, line: module.line(declaration.start), message }];
  });
}

function holdsState(declaration: VariableDeclaration): boolean {
  return declaration.kind !== 'const' || declaration.declarations.some(({ init }) => init !== null && isEmptyContainer(init));
}

/** A container that starts empty at module level is there to be filled. */
function isEmptyContainer(value: Expression): boolean {
  if (value.type === 'ArrayExpression') return value.elements.length === 0;
  if (value.type === 'ObjectExpression') return value.properties.length === 0;
  if (value.type !== 'NewExpression' || value.callee.type !== 'Identifier') return false;
  return /^(Map|Set|WeakMap|WeakSet|WeakRef|Array)$/.test(value.callee.name) && value.arguments.length === 0;
}
