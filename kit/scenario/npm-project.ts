/** What a generated project is to be; everything has a default. */
export interface ProjectShape {
  readonly name?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  /** Expected value of each dependency's export, by package; one test each. */
  readonly expects?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly manifest?: Readonly<Record<string, unknown>>;
  /** More files, by path; they win over the generated ones. */
  readonly files?: Readonly<Record<string, string>>;
}

/**
 * Writes the files of a small project whose suite of node:test looks at what its dependencies export.
 *
 * @example
 * npmProject({ dependencies: { plain: '^1.0.0' }, expects: { plain: 'plain' } });
 */
export function npmProject(shape: ProjectShape): Readonly<Record<string, string>> {
  const { name = 'shop', dependencies = {}, devDependencies, expects = {}, scripts = { test: 'node --test' } } = shape;
  const manifest = {
    name,
    version: '1.0.0',
    private: true,
    main: 'index.js',
    scripts,
    dependencies,
    ...(devDependencies && { devDependencies }),
    ...shape.manifest,
  };
  return {
    'package.json': `${JSON.stringify(manifest, null, 2)}\n`,
    '.gitignore': 'node_modules/\n',
    'index.js': 'exports.total = (prices) => prices.reduce((sum, price) => sum + price, 0);\n',
    'test/shop.test.js': suite(expects),
    ...shape.files,
  };
}

function suite(expects: Readonly<Record<string, string>>): string {
  const tests = Object.entries(expects).map(
    ([name, value]) => `test('${name} says ${value}', () => assert.equal(require('${name}').says, '${value}'));`,
  );
  const own = "test('adds up', () => assert.equal(require('..').total([1, 2]), 3));";
  return `const assert = require('node:assert');\nconst { test } = require('node:test');\n${[own, ...tests].join('\n')}\n`;
}
