/**
 * Everything the scan can see. A rule that refuses speaks against a change by itself; the others are for the reader,
 * as an honest change may well do the same.
 */
export const tamperRules = {
  'test-deleted': { refuses: true, statement: 'a test that existed before is gone' },
  'test-renamed': { refuses: false, statement: 'a test has another name and the same body' },
  'test-file-deleted': { refuses: true, statement: 'a file of the tests is gone' },
  'test-skipped': { refuses: true, statement: 'a test that ran before is skipped' },
  'test-only': { refuses: true, statement: 'a marker makes the runner leave other tests out' },
  'test-emptied': { refuses: true, statement: 'a test that did something does nothing' },
  'test-returns-early': { refuses: true, statement: 'a test can end before its assertions' },
  'test-table-changed': { refuses: true, statement: 'the table that a test is repeated for has changed' },
  'test-edited': { refuses: false, statement: 'an existing test was edited beside its assertions' },
  'test-file-edited': { refuses: false, statement: 'code of a test file outside its tests was edited' },
  'assertion-removed': { refuses: true, statement: 'an existing test asserts less than before' },
  'assertion-loosened': { refuses: true, statement: 'an assertion accepts more than before' },
  'assertion-value-changed': { refuses: true, statement: 'an assertion expects another value than before' },
  'assertion-changed': { refuses: true, statement: 'an existing assertion was rewritten' },
  'assertion-swallowed': { refuses: true, statement: 'the failure of an assertion is caught' },
  'assertion-conditional': { refuses: true, statement: 'an assertion runs only under a condition, or later, or never' },
  'limit-widened': { refuses: true, statement: 'a time limit or a number of retries of a test was widened' },
  'snapshot-changed': { refuses: true, statement: 'a recorded expectation was overwritten' },
  'fixture-changed': { refuses: true, statement: 'input or expected output of existing tests was overwritten' },
  'mock-changed': { refuses: true, statement: 'a stand-in that the runner loads by its name has changed' },
  'runner-config-changed': { refuses: true, statement: 'configuration of the test runner has changed' },
  'ci-changed': { refuses: true, statement: 'configuration of continuous integration has changed' },
  'hook-changed': { refuses: true, statement: 'a git hook or attribute has changed' },
  'npm-config-changed': { refuses: true, statement: 'configuration of the package manager has changed' },
  'installed-package-changed': { refuses: true, statement: 'an installed package was edited' },
  'unsafe-path': { refuses: true, statement: 'a path could reach outside the tree' },
  'script-changed': { refuses: true, statement: 'a script of package.json has changed' },
  'install-script-added': { refuses: true, statement: 'a script runs at install time' },
  'script-added': { refuses: false, statement: 'a script of package.json is new' },
  'manifest-changed': { refuses: true, statement: 'package.json changes how the package or its tests are loaded' },
  'lock-edited': { refuses: true, statement: 'the lockfile holds more than moved packages' },
  'early-exit': { refuses: true, statement: 'new code ends the process' },
  'exit-handler': { refuses: true, statement: 'new code acts when the process ends' },
  'assertion-library-stubbed': { refuses: true, statement: 'new code replaces parts of an assertion library' },
  'runner-patched': { refuses: true, statement: 'new code replaces functions of the test runner' },
  'loader-patched': { refuses: true, statement: 'new code changes how modules are loaded' },
  'builtin-patched': { refuses: true, statement: 'new code replaces a built-in function' },
  'test-library-in-source': { refuses: true, statement: 'source loads a test library' },
  'test-detected': { refuses: true, statement: 'source asks whether tests are running' },
  'stack-inspected': { refuses: true, statement: 'source looks at who called it' },
  'writes-test-files': { refuses: true, statement: 'source writes to tests or their results' },
  'dynamic-code': { refuses: true, statement: 'new code is put together while running, so that reading does not tell what it does' },
  'special-case': { refuses: false, statement: 'new code answers for a value taken from the tests' },
  'not-scanned': { refuses: false, statement: 'a file is in a language that the scan cannot read' },
} as const;

export type TamperRule = keyof typeof tamperRules;

/** Tells whether a finding speaks against the change by itself. */
export function refuses(finding: { readonly rule: string }): boolean {
  return isTamperRule(finding.rule) && tamperRules[finding.rule].refuses;
}

/** What a change does to assertions alone, and what a person may approve. */
const assertionRules: ReadonlySet<string> = new Set<TamperRule>([
  'assertion-removed',
  'assertion-loosened',
  'assertion-value-changed',
  'assertion-changed',
]);

/** Tells a finding that is about an assertion which was there before. */
export function ofAssertions({ rule }: { readonly rule: string }): boolean {
  return assertionRules.has(rule);
}

function isTamperRule(rule: string): rule is TamperRule {
  return Object.hasOwn(tamperRules, rule);
}
