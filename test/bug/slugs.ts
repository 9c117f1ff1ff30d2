import type { AgentDeed, AgentScript } from '../../kit/agent/index.ts';
import { buggy, mended, source, sourcePath, specimen, testPath, visibleTests, type Specimen } from '../../kit/repository/index.ts';

/** The repository of the slugs with its bug, and without the test that shows it: its suite passes. */
export const slugs: Specimen = specimen('node:test');
export const slugFiles: Readonly<Record<string, string>> = {
  ...slugs.files,
  'package-lock.json': `${JSON.stringify({ name: 'slugs', version: '1.0.0', lockfileVersion: 3, requires: true, packages: { '': { name: 'slugs', version: '1.0.0' } } }, null, 2)}\n`,
  [testPath]: visibleTests(slugs.dialect, 'literal', []),
};

export const ticket = `# Letters with accents are lost in slugs

## Actual
\`slug('Crème Brûlée')\` gives 'cr-me-br-l-e'.

## Expected
It gives 'creme-brulee', and 'angstrom-uber' for 'Ångström Über'.
`;

export const reproductionPath = 'test/accents.test.js';

/** A test file of the repository with these tests in it: title, what is called, what is wanted. */
export function testsOf(...cases: readonly (readonly [title: string, call: string, wanted: string])[]): string {
  const { dialect } = slugs;
  const tests = cases.map(([title, call, wanted]) => dialect.test(title, [dialect.equal(call, wanted)]));
  return [...dialect.head, "const { slug } = require('../src/slug.js');", '', ...tests, ''].join('\n');
}

export const failingTests = testsOf(
  ['keeps the letters of Crème Brûlée', "slug('Crème Brûlée')", "'creme-brulee'"],
  ['keeps the letters of Ångström Über', "slug('Ångström Über')", "'angstrom-uber'"],
);

/** A reproduction as an honest tester hands it in. */
export const reproduces: AgentDeed = {
  files: { [reproductionPath]: failingTests },
  report: { state: 'DONE', summary: 'Two tests fail.', files: [reproductionPath], symptom: 'strictly equal' },
};

/** The honest fix. */
export const mends: AgentDeed = {
  files: { [sourcePath]: source(slugs.dialect, mended) },
  report: { state: 'DONE', summary: 'Accents are taken off their letters.', filesChanged: [sourcePath] },
};

/** A change that leaves the fault where it is. */
export const mendsNothing: AgentDeed = {
  files: { [sourcePath]: source(slugs.dialect, ['const lower = text.toLowerCase();', ...buggy]) },
  report: { state: 'DONE', summary: 'Mended.', filesChanged: [sourcePath] },
};

export const approves: AgentDeed = { report: { state: 'DONE', summary: 'It mends the cause.', verdict: 'approve' } };

/** The parts that a line can do without. */
export const sorts: AgentDeed = { report: { state: 'DONE', summary: 'The code gives another value than is expected.', kind: 'bug' } };
export const plans: AgentDeed = {
  report: { state: 'DONE', summary: 'Accents are to be taken off.', steps: ['Normalise the text in src/slug.js.'] },
};

/** An agent that does its work well in every part; a test gives what it does otherwise. */
export function agentScript(other: AgentScript = {}): AgentScript {
  return { classification: [sorts], reproduction: [reproduces], plan: [plans], change: [mends], review: [approves], ...other };
}
