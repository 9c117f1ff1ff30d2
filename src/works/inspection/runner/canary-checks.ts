/** A false assertion: `code` sees the library as `lib` and must throw. */
export interface FalseCheck {
  readonly title: string;
  readonly code: string;
}

const expectCalls = ['toBe(2)', 'toEqual(2)', 'toBeTruthy()', 'not.toBe(1)', 'toBeNull()', 'toBeUndefined()', 'toBeGreaterThan(2)'];
const expectValues: Readonly<Record<string, string>> = { 'toBeTruthy()': '0' };

/** Every method that tests lean on: a stub of one of them alone must show. */
const checksOf: Readonly<Record<string, readonly FalseCheck[]>> = {
  'node:assert': assertChecks('node:assert', '(await load("assert"))'),
  'power-assert': assertChecks('power-assert', '(await load("power-assert"))'),
  'uvu/assert': ['ok(false)', 'is(1, 2)', 'equal([1], [2])', 'throws(() => {})'].map((call) =>
    check('uvu', '(await load("uvu/assert"))', call),
  ),
  chai: [
    ...['to.equal(2)', 'to.eql(2)', 'to.be.true', 'to.be.undefined', 'to.not.equal(1)', 'to.be.above(2)', 'to.be.a("string")'].map((call) =>
      check('chai.expect', '(await load("chai")).expect(1)', call),
    ),
    ...['to.deep.equal([2])', 'to.have.lengthOf(2)', 'to.include(2)'].map((call) =>
      check('chai.expect', '(await load("chai")).expect([1])', call),
    ),
    check('chai.expect', '(await load("chai")).expect(() => {})', 'to.throw()'),
    ...['ok(0)', 'equal(1, 2)', 'strictEqual(1, 2)', 'deepEqual([1], [2])', 'isTrue(false)', 'throws(() => {})'].map((call) =>
      check('chai.assert', '(await load("chai")).assert', call),
    ),
  ],
  expect: expectChecks('expect', '((lib) => lib.expect || lib)(await load("expect"))'),
  '@jest/globals': expectChecks('jest expect', '(await load("@jest/globals")).expect'),
  vitest: expectChecks('vitest expect', '(await load("vitest")).expect'),
  globals: expectChecks('global expect', 'expect'),
  'expect.js': ['to.be(2)', 'to.equal(2)', 'to.eql(2)', 'to.be.a("string")'].map((call) =>
    check('expect.js', '(await load("expect.js"))(1)', call),
  ),
  should: ['be.equal(2)', 'eql(2)', 'be.exactly(2)', 'be.true()'].map((call) => check('should', '(await load("should"))(1)', call)),
  unexpected: ['1, "to equal", 2', '1, "to be", 2'].map((args) => ({
    title: `unexpected ${args.replaceAll(/[^a-z ]/g, '').trim()}`,
    code: `(await load("unexpected"))(${args});`,
  })),
};

/** False assertions for the libraries a suite uses; node's own assert is always among them. */
export function falseChecks(libraries: readonly string[]): readonly FalseCheck[] {
  const names = new Set(['node:assert', ...libraries]);
  return [...names].flatMap((name) => checksOf[name] ?? []);
}

/** False assertions on the `t` that ava, tap and tape hand to a test. */
export function falseChecksOfT(runner: 'ava' | 'tap' | 'tape'): readonly FalseCheck[] {
  const calls = {
    ava: [
      'is(1, 2)',
      'not(1, 1)',
      'true(false)',
      'false(true)',
      'truthy(0)',
      'falsy(1)',
      'deepEqual([1], [2])',
      'throws(() => {})',
      'fail()',
    ],
    tap: ['ok(false)', 'notOk(true)', 'equal(1, 2)', 'same([1], [2])', 'throws(() => {})', 'fail("never")'],
    tape: ['ok(false)', 'notOk(true)', 'equal(1, 2)', 'notEqual(1, 1)', 'deepEqual([1], [2])', 'throws(() => {})', 'fail("never")'],
  };
  return calls[runner].map((call) => check('t', 't', call));
}

function assertChecks(name: string, lib: string): readonly FalseCheck[] {
  const calls = [
    'ok(false)',
    'equal(1, 2)',
    'strictEqual(1, 2)',
    'notStrictEqual(1, 1)',
    'deepEqual([1], [2])',
    'deepStrictEqual([1], [2])',
    'throws(() => {})',
    'fail("never")',
  ];
  return [...calls.map((call) => check(name, lib, call)), { title: `${name} call`, code: `${lib}(false);` }];
}

function expectChecks(name: string, expect: string): readonly FalseCheck[] {
  const plain = expectCalls.map((call) => check(name, `(${expect})(${expectValues[call] ?? '1'})`, call));
  return [
    ...plain,
    check(name, `(${expect})([1])`, 'toContain(2)'),
    check(name, `(${expect})([1])`, 'toStrictEqual([2])'),
    check(name, `(${expect})(() => {})`, 'toThrow()'),
  ];
}

function check(name: string, subject: string, call: string): FalseCheck {
  return { title: `${name} ${call.replace(/\(.*$/s, '')}`, code: `${subject}.${call};` };
}
