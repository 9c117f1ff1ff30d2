import type { TestDifference } from '../../../core/evidence/fact.ts';

/** Names of the ways an update breaks a suite, each with what gives it away; the first that fits is it. */
const classes: readonly (readonly [string, RegExp])[] = [
  [
    'ESM-only release',
    /ERR_REQUIRE_ESM|require\(\) of ES Module|Must use import to load ES Module|Cannot use import statement outside a module|SyntaxError: Unexpected token '?export|ERR_REQUIRE_ASYNC_MODULE|Jest encountered an unexpected token/,
  ],
  [
    'engine',
    /Unsupported engine|EBADENGINE|requires Node(?:\.js)? |Node\.js (?:version )?v?[\d.]+ is not supported|needs Node|structuredClone is not defined|(?:Promise\.withResolvers|Array\.fromAsync|\.getBuiltinModule) is not a function|Invalid regular expression flags/i,
  ],
  ['peer', /ERESOLVE|unmet peer|peer dep(?:endency)?|Cannot find module '[^']+'\nRequire stack:[\s\S]{0,400}node_modules[\s\S]*peer/i],
  [
    'test-runner API',
    /(?:\bt|test|jest|vi|expect|assert|chai|sinon|describe|it)\.\w+(?:\.\w+)? is not a function|Unknown (?:cli )?(?:option|argument)|Invalid (?:Chai property|configuration)|done\(\) (?:called|is not)|Unrecognized option/,
  ],
  [
    'export changed',
    /is not a function|is not a constructor|does not provide an export named|ERR_PACKAGE_PATH_NOT_EXPORTED|Package subpath|No "exports" main defined|Cannot read propert(?:y|ies) of undefined|Class extends value undefined|is undefined or null/,
  ],
  [
    'module does not load',
    /Cannot find module|ERR_MODULE_NOT_FOUND|MODULE_NOT_FOUND|Failed to (?:resolve|load)|Cannot find package|SyntaxError|ReferenceError: \w+ is not defined|Could not locate the bindings file|failed to load/,
  ],
  ['assertion', /AssertionError|ERR_ASSERTION|expected|should (?:be|equal|have|throw)|toEqual|toBe\b|operator: /i],
];

/**
 * Names the break behind regressed ids, from their messages first and the runner's log after; null where it is none of
 * those known, or only missing and timed-out ids.
 *
 * @example
 * breakClass([{ id: 'a', before: 'pass', after: 'crash', message: 'Error [ERR_REQUIRE_ESM]: ...' }], ''); // 'ESM-only release'
 */
export function breakClass(differences: readonly TestDifference[], logs: string): string | null {
  if (differences.length === 0) return null;
  const messages = differences.map((difference) => difference.message ?? '').filter((message) => message !== '');
  const counted = classes.map(([name]) => ({ name, count: messages.filter((message) => classOf(message) === name).length }));
  const most = counted.reduce((best, one) => (one.count > best.count ? one : best), { name: '', count: 0 });
  if (most.count > 0) return most.name;
  return differences.some(({ after }) => after === 'crash' || after === 'missing') ? classOf(logs.slice(-20_000), false) : null;
}

/** A log is full of words: an assertion in it says nothing of why ids are missing. */
function classOf(text: string, ofTest = true): string | null {
  const found = classes.find(([name, sign]) => (ofTest || name !== 'assertion') && sign.test(text));
  return found === undefined ? null : found[0];
}
