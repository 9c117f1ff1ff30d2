import { Visitor } from 'oxc-parser';
import type { Fault, Module } from './module.ts';

const mocks = /^(doMock|mock|stubGlobal|unstable_mockModule)$/;

/** No module is mocked: a fake lives in kit/, really works, and passes the machine's own conformance suite. */
export function noModuleMocks(modules: readonly Module[]): Fault[] {
  return modules.flatMap((module) => {
    const faults: Fault[] = [];
    new Visitor({
      CallExpression: ({ callee, start }) => {
        if (callee.type !== 'MemberExpression' || callee.object.type !== 'Identifier' || callee.property.type !== 'Identifier') return;
        if (!/^(vi|jest)$/.test(callee.object.name) || !mocks.test(callee.property.name)) return;
        const message = `${callee.object.name}.${callee.property.name} replaces what is under test: hand in a fake of kit/.`;
        faults.push({ rule: 'no-module-mocks', path: module.path, line: module.line(start), message });
      },
    }).visit(module.program);
    return faults;
  });
}
