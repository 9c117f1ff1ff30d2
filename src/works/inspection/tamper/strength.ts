import type { Assertion } from './assertions.ts';

/** How much an assertion demands: 3 an exact value, 2 a part or a likeness, 1 that something is there, 0 nothing. */
export type Strength = 0 | 1 | 2 | 3;

const levels: readonly (readonly [Strength, RegExp])[] = [
  [0, /^(?:pass|plan|end)$/i],
  [
    1,
    /^$|(?:^|\.)(?:ok|notOk|isOk|isNotOk|assert|truthy|falsy|toBeTruthy|toBeFalsy|toBeDefined|toBeUndefined|exist|exists|isDefined|isNotNull|notEqual|notStrictEqual|notDeepEqual|doesNotThrow|notThrows|notThrow|isObject|isFunction|isString|isNumber|isArray|typeOf|type|a|an|not|notSame|toBeInstanceOf|instanceOf|instanceof)$/,
  ],
  [
    2,
    /(?:^|\.)(?:match|matches|like|include|includes|contain|contains|members|has|property|toMatch|toMatchObject|toContain|toContainEqual|toHaveProperty|toHaveLength|lengthOf|length|closeTo|approximately|toBeCloseTo|above|below|within|greaterThan|lessThan|toBeGreaterThan|toBeGreaterThanOrEqual|toBeLessThan|toBeLessThanOrEqual|least|most|looseEqual|deepLooseEqual|matchObject|regex|oneOf|partialDeepStrictEqual|toEqualTypeOf|empty|isEmpty|throw|throws|toThrow|rejects|toThrowError)$/,
  ],
];

/**
 * Says how one assertion compares with the one that stands in its place.
 *
 * @example
 * compareAssertions(before, after); // 'loosened' for assert.deepEqual(x, [1]) -> assert.ok(x)
 */
export function compareAssertions(before: Assertion, after: Assertion): 'loosened' | 'value' | 'changed' {
  if (strengthOf(after) < strengthOf(before) || accepts(after) > accepts(before)) return 'loosened';
  return withoutLiterals(before.text) === withoutLiterals(after.text) ? 'value' : 'changed';
}

/** The text with its literals blanked, so that assertions that differ in a value alone look the same. */
export function withoutLiterals(text: string): string {
  return text.replaceAll(
    /'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`|(?<![\w$])-?\d[\w.]*|\b(?:true|false|null|undefined|NaN)\b/g,
    '#',
  );
}

/** 3 for an exact value, down to 0 for nothing. */
export function strengthOf(assertion: Assertion): Strength {
  const matcher = assertion.matcher.replaceAll(/\.(?:resolves|rejects)(?=\.)/g, '');
  const level = levels.find(([, words]) => words.test(matcher))?.[0] ?? 3;
  // `true` at the end of a chain is exact about a boolean, but a bare condition with || or >= accepts a range.
  return level === 3 && /\|\|/.test(assertion.text) ? 2 : level;
}

/** Number of places in an assertion that accept whatever stands there. */
function accepts(assertion: Assertion): number {
  return (
    assertion.text.match(
      /\b(?:expect|jasmine|sinon\.match|td\.matchers)\.(?:any|anything|objectContaining|arrayContaining|stringContaining|stringMatching|closeTo)\b|\.\*|\|\|/g,
    )?.length ?? 0
  );
}
