import type { TestPlan } from '../runner/types.ts';
import { globMatcher, pathFault } from '../scope/index.ts';

/** Why a path is not a station's to change; what the sealed verifier never takes over from a change. */
export type ProtectedKind = keyof typeof protectedStatements;

export const protectedStatements = {
  'unsafe-path': 'a path that could reach outside the tree',
  'installed-package': 'an installed package',
  snapshot: 'a recorded expectation',
  fixture: 'input or expected output of tests',
  mock: 'a stand-in that the runner loads by its name',
  test: 'a test',
  'runner-config': 'configuration of the test runner or of what compiles the tests',
  ci: 'configuration of continuous integration',
  hook: 'a git hook or an attribute that git acts on',
  'npm-config': 'configuration of the package manager',
} as const;

const testFolders = '{test,tests,__test__,__tests__,spec,specs,__spec__,__specs__,e2e,cypress}';
const code = '{js,cjs,mjs,jsx,ts,cts,mts,tsx}';
const settings = '{js,cjs,mjs,ts,cts,mts,json,jsonc,json5,yml,yaml,toml}';

/** The first kind with a glob that matches is the one reported, so the narrower kinds stand first. */
const globs: readonly (readonly [ProtectedKind, readonly string[]])[] = [
  ['installed-package', ['**/node_modules/**', '**/node_modules', '**/bower_components/**', '.pnp.*']],
  [
    'snapshot',
    [
      '**/*.snap',
      '**/*.snap.*',
      '**/*.snapshot',
      '**/{__snapshots__,__snapshot__,snapshots,tap-snapshots}/**',
      '**/__image_snapshots__/**',
    ],
  ],
  [
    'fixture',
    [
      `**/{fixtures,__fixtures__,fixture,__fixture__,testdata,test-data,golden,goldens,__golden__,golden-files}/**`,
      '**/*.golden',
      '**/*.golden.*',
    ],
  ],
  ['mock', ['**/__mocks__/**', '**/__mocks__']],
  [
    'test',
    [
      `**/${testFolders}/**`,
      `**/${testFolders}`,
      `**/*{.,-,_}{test,tests,spec,specs}.${code}`,
      `**/*.{test,spec}-d.ts`,
      `**/*.{test,spec}.*.${code}`,
      `**/{test,tests,spec}.${code}`,
      `**/test-*.${code}`,
    ],
  ],
  [
    'runner-config',
    [
      '**/.mocharc*',
      '**/mocha.opts',
      `**/{jest,vitest,vite,ava,tap,nyc,c8,karma,wdio,playwright,cypress,stryker,babel,swc}{,.*}.{config,conf,workspace,setup,preset}{,.*}.${settings}`,
    ],
  ],
  [
    'runner-config',
    [
      `**/{jest,vitest,vite,ava,tap,nyc,c8,karma,wdio,playwright,cypress,stryker,babel,swc}.{config,conf,workspace,setup,preset}{,.*}.${settings}`,
      `**/jest-*.${settings}`,
      `**/{setupTests,setup-tests,test-setup,testSetup,setupJest}.${code}`,
      '**/cypress.json',
    ],
  ],
  [
    'runner-config',
    [
      '**/.{taprc,nycrc,c8rc,babelrc,swcrc,env}',
      '**/.{taprc,nycrc,c8rc,babelrc,swcrc,env}.*',
      '**/.tap/**',
      '**/{tsconfig,jsconfig}{,.*,-*}.json',
      '**/{lerna,nx,turbo}.json',
    ],
  ],
  [
    'ci',
    [
      '.{github,gitlab,circleci,buildkite,gitea,forgejo,woodpecker,ci,azure-pipelines}/**',
      '.{gitlab-ci,travis,appveyor,drone,cirrus,woodpecker}.{yml,yaml}',
      '{appveyor,azure-pipelines,bitbucket-pipelines,cloudbuild}{,.*,-*}.{yml,yaml}',
      '**/Jenkinsfile{,.*}',
    ],
  ],
  [
    'hook',
    [
      '**/.{husky,githooks,git-hooks,lefthook}/**',
      '**/{,.}lefthook{,-local}.{yml,yaml,toml,json}',
      '**/.{pre-commit-config.yaml,lintstagedrc*,huskyrc*,gitattributes,gitmodules,gitconfig}',
    ],
  ],
  [
    'npm-config',
    [
      '**/.{npmrc,yarnrc,yarnrc.yml,pnpmfile.cjs,pnpmfile.mjs}',
      '**/.yarn/**',
      '**/pnpm-workspace.yaml',
      '**/bunfig.toml',
      '**/npm-config*',
    ],
  ],
];

const rules = globs.map(([kind, patterns]) => ({ kind, matches: globMatcher(patterns, { ignoreCase: true }) }));

/**
 * Says why a path is protected, or null where a station may change it. Letters of another case count as the same.
 *
 * @example
 * protectedPath('lib/__tests__/a.js', null); // 'test'
 */
export function protectedPath(path: string, plan: Pick<TestPlan, 'directory' | 'files'> | null): ProtectedKind | null {
  if (pathFault(path) !== null) return 'unsafe-path';
  const kind = rules.find((rule) => rule.matches(path))?.kind ?? null;
  return kind ?? (isPlanned(path, plan) ? 'test' : null);
}

/** A test that only the runner's own configuration knows as one. */
function isPlanned(path: string, plan: Pick<TestPlan, 'directory' | 'files'> | null): boolean {
  if (plan === null) return false;
  const folder = plan.directory === '' ? '' : `${plan.directory}/`;
  return plan.files.some((file) => `${folder}${file}`.toLowerCase() === path.toLowerCase());
}
