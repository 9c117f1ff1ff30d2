import { Visitor } from 'oxc-parser';
import type { Fault, Module } from './module.ts';
import { placeOf } from './place.ts';

// Not process.stdout and process.stderr: a finished process has them too, as text.
const givenMembers: Readonly<Record<string, RegExp>> = {
  Date: /^now$/,
  performance: /^now$/,
  Math: /^random$/,
  crypto: /^(randomUUID|getRandomValues)$/,
  process: /^(argv|chdir|cwd|env|hrtime|kill|memoryUsage|nextTick|on|once|pid|platform|stdin|version|versions)$/,
};
const givenCalls = /^(Date|fetch|queueMicrotask|randomBytes|randomInt|randomUUID|setImmediate|setInterval|setTimeout)$/;

/** core and works read no clock, no chance, no environment and no network: they are given. */
export function purity(modules: readonly Module[]): Fault[] {
  return modules.filter(({ path }) => ['core', 'works'].includes(placeOf(path).layer) && !placeOf(path).isTest).flatMap(faultsOf);
}

function faultsOf(module: Module): Fault[] {
  const faults: Fault[] = [];
  const add = (what: string, offset: number): void => {
    const message = `${what} reads the world: take it as a parameter (Clock, a port, an id).`;
    faults.push({ rule: 'purity', path: module.path, line: module.line(offset), message });
  };
  new Visitor({
    MemberExpression: ({ object, property, start }) => {
      if (object.type !== 'Identifier' || property.type !== 'Identifier') return;
      const given = Object.hasOwn(givenMembers, object.name) ? givenMembers[object.name] : undefined;
      if (given?.test(property.name)) add(`${object.name}.${property.name}`, start);
    },
    CallExpression: ({ callee, start }) => {
      if (callee.type === 'Identifier' && givenCalls.test(callee.name)) add(`${callee.name}()`, start);
    },
    NewExpression: ({ callee, arguments: args, start }) => {
      if (callee.type === 'Identifier' && callee.name === 'Date' && args.length === 0) add('new Date()', start);
    },
  }).visit(module.program);
  return faults;
}
