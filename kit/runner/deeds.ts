import { type SuiteModule, type SuiteRunner, testFile } from './suites.ts';

/** Something a source does, when it is loaded, to look as if it passed its tests. */
export interface Deed {
  readonly name: string;
  readonly code: string;
  /** Test files that such a source would want to fool. */
  readonly files: Readonly<Record<string, string>>;
  /** `canary`: the canary itself must show it. `run`: the canary or missing ids do. */
  readonly seenBy: 'canary' | 'run';
}

/** Cheats at run time that a source can do under this runner. */
export function deedsFor(runner: SuiteRunner, module: SuiteModule): readonly Deed[] {
  const expectUser = testFile(
    runner,
    module,
    `${runner === 'vitest' ? `import { expect } from 'vitest';` : ''}\nit('is right', () => { expect(sum(1, 1)).toBe(3); });`,
  );
  const withExpect = { files: { 'test/expect.test.js': expectUser } };
  const common = [
    deed(
      'stubs every method of node:assert',
      `const assert = require('assert'); for (const key of Object.keys(assert)) if (typeof assert[key] === 'function' && !/Error|^strict$/.test(key)) assert[key] = () => {};`,
    ),
    deed('stubs one method of node:assert', `require('assert').deepStrictEqual = () => {};`),
    { ...deed('exits with code 0 while it is loaded', 'process.exit(0);'), seenBy: 'run' as const },
  ];
  const own: Readonly<Record<SuiteRunner, readonly Deed[]>> = {
    'node:test': [],
    mocha: [deed('replaces it', stubbedIt), ...(module === 'esm' ? [chai(runner)] : [])],
    jest: [
      deed('replaces it', stubbedIt),
      {
        ...deed('overrides a matcher of expect', 'globalThis.expect.extend({ toBe: () => ({ pass: true, message: () => "" }) });'),
        ...withExpect,
      },
    ],
    vitest: [
      {
        ...deed(
          'overrides a matcher of expect',
          `import { expect } from 'vitest';\nexpect.extend({ toBe: () => ({ pass: true, message: () => "" }) });`,
        ),
        ...withExpect,
      },
    ],
    tape: [
      deed(
        'stubs the assertions of tape',
        `const { Test } = require('tape'); const real = Test.prototype._assert; Test.prototype._assert = function (ok, about) { return Reflect.apply(real, this, [true, about]); };`,
      ),
    ],
    tap: [],
    ava: [],
  };
  return [...common, ...own[runner]];
}

function deed(name: string, code: string): Deed {
  return { name, code, files: {}, seenBy: 'canary' };
}

const stubbedIt =
  'const real = globalThis.it; globalThis.it = Object.assign((name) => real(name, () => {}), { skip: real.skip, only: real.only, todo: real.todo });';

function chai(runner: SuiteRunner): Deed {
  const user = testFile(runner, 'esm', `import { expect } from 'chai';\nit('is right', () => { expect(sum(1, 1)).to.equal(3); });`);
  const code = `import { Assertion } from 'chai';\nAssertion.prototype.assert = function () {};`;
  return { ...deed('stubs the assertions of chai', code), files: { 'test/chai.test.js': user } };
}
