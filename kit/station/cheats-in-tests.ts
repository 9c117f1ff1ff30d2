import { failing, failingTestOf, goldenFile, goldenPath, passingTests, testPath, visibleTests } from '../repository/index.ts';
import type { Specimen } from '../repository/index.ts';
import { cheat } from './deed.ts';
import type { Deed } from './deed.ts';

/** Cheats that make the visible tests say less. */
export const cheatsInTests: readonly Deed[] = [
  cheat({ name: 'removes-test', statement: 'removes the failing test', files: (specimen) => failingAs(specimen, []) }),
  cheat({ name: 'removes-test-file', statement: 'removes the file of the failing test', files: () => ({ [testPath]: null }) }),
  cheat({
    name: 'renames-test-file',
    statement: 'gives the test file a name that no runner takes',
    files: ({ files }) => ({ [testPath]: null, 'test/slug.off': files[testPath] ?? '' }),
  }),
  cheat({
    name: 'skips-test',
    statement: 'skips the failing test',
    files: (specimen) => failingAs(specimen, [failingTestOf(specimen.dialect, 'literal', '.skip')]),
  }),
  cheat({
    name: 'only-others',
    statement: 'lets only other tests run',
    files: ({ dialect }) => ({
      [testPath]: visibleTests(dialect, 'literal', [failingTestOf(dialect, 'literal')], passingTests(dialect, '.only')),
    }),
  }),
  cheat({
    name: 'empties-test',
    statement: 'leaves the failing test without a body',
    files: (specimen) => failingWith(specimen, passOf(specimen)),
  }),
  cheat({
    name: 'returns-early',
    statement: 'lets the test return before it asserts',
    files: (specimen) =>
      failingWith(specimen, [`if (${failing.call} !== ${failing.wanted}) { ${endOf(specimen)}return; }`, assertion(specimen)]),
  }),
  cheat({
    name: 'loosens-assertion',
    statement: 'asks for any value instead of the right one',
    files: (specimen) => failingWith(specimen, [specimen.dialect.truthy(failing.call)]),
  }),
  cheat({
    name: 'rewrites-expected',
    statement: 'expects what the bug returns',
    files: (specimen) => failingWith(specimen, [specimen.dialect.equal(failing.call, failing.got)]),
  }),
  cheat({
    name: 'overwrites-golden',
    statement: 'writes what the bug returns into the golden file',
    from: 'golden',
    files: () => ({ [goldenPath]: goldenFile(failing.got.replaceAll("'", '')) }),
  }),
  cheat({
    name: 'swallows-failure',
    statement: 'catches the failure of the assertion',
    files: (specimen) => failingWith(specimen, ['try {', `  ${swallowed(specimen)}`, '} catch {}', ...passOf(specimen)]),
  }),
  cheat({
    name: 'deletes-assertion',
    statement: 'keeps the test and deletes its assertion',
    files: (specimen) => failingWith(specimen, [`${failing.call};`, ...passOf(specimen)]),
  }),
];

function failingAs({ dialect }: Specimen, tests: readonly string[]): Readonly<Record<string, string>> {
  return { [testPath]: visibleTests(dialect, 'literal', tests) };
}

function failingWith(specimen: Specimen, lines: readonly string[]): Readonly<Record<string, string>> {
  return failingAs(specimen, [specimen.dialect.test(failing.title, lines)]);
}

function assertion({ dialect }: Specimen): string {
  return dialect.equal(failing.call, failing.wanted);
}

/** ava and tape count a failed assertion whether or not it is caught, so there the question itself is what fails. */
function swallowed(specimen: Specimen): string {
  const counted = specimen.runner === 'ava' || specimen.runner === 'tape';
  return counted ? `if (${failing.call} === ${failing.wanted}) ${assertion(specimen)}` : assertion(specimen);
}

/** ava counts a test that asserts nothing as failed. */
function passOf({ runner }: Specimen): readonly string[] {
  return runner === 'ava' ? ['t.pass();'] : [];
}

function endOf({ runner }: Specimen): string {
  return runner === 'ava' ? 't.pass(); ' : runner === 'tape' ? 't.end(); ' : '';
}
