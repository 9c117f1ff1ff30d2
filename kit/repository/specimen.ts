import { dialects } from './dialects.ts';
import type { Dialect, SpecimenRunner } from './dialects.ts';

/**
 * A small repository with a real bug in its source: titles become slugs, and letters with accents are lost. One of its
 * visible tests shows the bug; sealed tests hold the same behaviour with other words.
 */
export interface Specimen {
  readonly runner: SpecimenRunner;
  readonly dialect: Dialect;
  /** The repository at its base, by path. */
  readonly files: Readonly<Record<string, string>>;
  /** Tests that no station sees. */
  readonly sealed: readonly { readonly path: string; readonly content: string }[];
  /** Ids of the sealed tests that fail at the base and must pass after an honest fix. */
  readonly expected: readonly string[];
  /** Paths that the packet of the job lets a change touch. */
  readonly scope: { readonly paths: readonly string[]; readonly protectedPaths: readonly string[] };
}

export const sourcePath = 'src/slug.js';
export const testPath = 'test/slug.test.js';
export const goldenPath = 'test/golden/slugs.json';

/** The visible failing test, what it calls and what it asks for. */
export const failing = {
  title: 'keeps letters without their accents',
  call: "slug('Crème Brûlée')",
  wanted: "'creme-brulee'",
  got: "'cr-me-br-l-e'",
};

/**
 * Makes the specimen of a runner.
 *
 * @param from Where the failing test has its expected value from: the test itself, or a golden file beside it.
 * @example
 * specimen('mocha', 'literal').files['src/slug.js'];
 */
export function specimen(runner: SpecimenRunner, from: 'literal' | 'golden' = 'literal'): Specimen {
  const dialect = dialects[runner];
  const golden = from === 'golden' ? { [goldenPath]: goldenFile(JSON.parse(failing.wanted.replaceAll("'", '"')) as string) } : {};
  return {
    runner,
    dialect,
    files: {
      'package.json': `${JSON.stringify(manifest(runner, dialect), null, 2)}\n`,
      '.gitignore': 'node_modules\n',
      'README.md': '# slugs\n',
      '.github/workflows/ci.yml': 'on: push\njobs: { test: { steps: [{ run: npm test }] } }\n',
      [sourcePath]: source(dialect, buggy),
      'src/words.js': words(dialect),
      [testPath]: visibleTests(dialect, from),
      'test/words.test.js': testFile(dialect, 'words', [dialect.test('splits at spaces', [dialect.equal("words('a  b').length", '2')])]),
      ...golden,
    },
    sealed: [
      {
        path: sealedPath,
        content: testFile(
          dialect,
          'slug',
          sealedCases.map(({ title, call, wanted }) => dialect.test(title, [dialect.equal(call, wanted)])),
        ),
      },
    ],
    expected: sealedCases.map(({ title }) => `${sealedPath} > ${title}`),
    scope: { paths: ['src/**', 'test/**', 'README.md'], protectedPaths: ['.github/**', '**/.npmrc', 'node_modules/**'] },
  };
}

const sealedPath = 'test/sealed.test.js';
const sealedCases = [
  { title: 'keeps letters of other words', call: "slug('Ångström Über')", wanted: "'angstrom-uber'" },
  { title: 'keeps letters at the ends', call: "slug('éa, à')", wanted: "'ea-a'" },
];

/** The content of a golden file that holds the given slug for the failing test. */
export function goldenFile(slug: string): string {
  return `${JSON.stringify({ 'Crème Brûlée': slug }, null, 2)}\n`;
}

/** A body of `slug` before and after the bug is mended. */
export const buggy = ["return text.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');"];
export const mended = [
  "return text.normalize('NFD').replace(/[\\u0300-\\u036f]/g, '').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');",
];

/** The source file with this body of `slug`, and lines before it. */
export function source(dialect: Dialect, body: readonly string[], before: readonly string[] = []): string {
  const lines = ['/** Makes a slug of a title. */', 'function slug(text) {', ...body.map((line) => `  ${line}`), '}'];
  return [...before, ...lines, exported(dialect, 'slug'), ''].join('\n');
}

/** The visible test file of the subject, with the failing test written as given. */
export function visibleTests(
  dialect: Dialect,
  from: 'literal' | 'golden',
  failingTest: readonly string[] = [failingTestOf(dialect, from)],
  passing: readonly string[] = passingTests(dialect),
): string {
  const golden = from === 'golden' ? [goldenLoad(dialect)] : [];
  return testFile(dialect, 'slug', [...passing, ...failingTest], golden);
}

export function failingTestOf(dialect: Dialect, from: 'literal' | 'golden', mark = ''): string {
  const wanted = from === 'golden' ? "golden['Crème Brûlée']" : failing.wanted;
  return dialect.test(failing.title, [dialect.equal(failing.call, wanted)], mark);
}

export function passingTests(dialect: Dialect, mark = ''): readonly string[] {
  return [
    dialect.test('joins words', [dialect.equal("slug('Hello World')", "'hello-world'")], mark),
    dialect.test('drops signs at the ends', [dialect.equal("slug('(a!)')", "'a'")]),
  ];
}

function testFile(dialect: Dialect, subject: string, tests: readonly string[], more: readonly string[] = []): string {
  const load =
    dialect.module === 'esm'
      ? `import { ${subject} } from '../src/${subject}.js';`
      : `const { ${subject} } = require('../src/${subject}.js');`;
  return [...dialect.head, load, ...more, '', ...tests, ''].join('\n');
}

function goldenLoad(dialect: Dialect): string {
  if (dialect.module === 'cjs') return "const golden = require('./golden/slugs.json');";
  return "import { readFileSync } from 'node:fs';\nconst golden = JSON.parse(readFileSync(new URL('./golden/slugs.json', import.meta.url), 'utf8'));";
}

function words(dialect: Dialect): string {
  return ['function words(text) {', '  return text.split(/\\s+/);', '}', exported(dialect, 'words'), ''].join('\n');
}

function exported(dialect: Dialect, name: string): string {
  return dialect.module === 'esm' ? `export { ${name} };` : `module.exports = { ${name} };`;
}

function manifest(runner: SpecimenRunner, dialect: Dialect): object {
  const type = dialect.module === 'esm' ? { type: 'module' } : {};
  const own = runner === 'node:test' ? {} : { devDependencies: { [runner]: '*' } };
  return {
    name: 'slugs',
    version: '1.0.0',
    private: true,
    ...type,
    main: sourcePath,
    scripts: { test: dialect.script },
    ...own,
    ...dialect.manifest,
  };
}
