import { z } from 'zod';

/** Everything inspection can establish; a line switches checks on and off by these names. */
export const checkStatements = {
  seed: 'the seed has what the job needs',
  station: 'the station ended with a change that the factory could harvest',
  reproduction: 'new tests fail on the base, twice, by what the ticket reports',
  fixed: 'the tests of the reproduction, also those that no station saw, pass after the change',
  review: 'a second station that read the change does not object to it',
  install: 'the changed manifest and lockfile install cleanly',
  build: 'a build that passed before passes after',
  tests: 'every test id that passed stably before is present and passes after',
  canary: 'a test that must fail was run in the same suite and reported as failed',
  tamper: 'no test, assertion, runner configuration or script was weakened',
  scope: 'the change touches only the paths that the packet allows',
  secrets: 'the change adds no secret',
  lock: 'every package that moved in the lockfile is explained by the job',
  'install-scripts': 'no package that runs code at install time was added',
  advisories: 'the change adds no known advisory',
  'vulnerable-copies': 'no copy of an affected package is left inside the advisory ranges',
  'public-api': 'the public surface of a library is unchanged',
  engines: 'the new releases accept the Node version of this floor',
  deprecations: 'no release that the change moves to is deprecated',
  'release-age': 'the new releases are older than the minimum release age',
  dependencies: 'no package is asked for that was not asked for before',
  'own-tests': 'the suite that the branch brings passes, and can fail',
  'new-tests': 'the new tests of the branch fail without its change of the source',
  coverage: 'the suite of the branch runs the lines that it changes',
  size: 'the branch is small enough for a person to read',
  command: 'the commands of the line end well on the changed tree',
  runs: 'the runs that this run started ended well',
  flakiness: 'the tests come out the same however often and in whichever way they are run',
  quarantine: 'with the proposed quarantine the flaky tests are skipped and every other test is as before',
  person: 'the people asked did not refuse',
  'no-op': 'a rule that makes nothing owed was proved',
  environment: 'the environment let the job be done',
} as const;

export const CheckName = z.enum(Object.keys(checkStatements) as [keyof typeof checkStatements]);
export type CheckName = keyof typeof checkStatements;

/**
 * What a check must show for PR_READY: `must-hold` has to be observed to hold, `must-not-break` may stay unknown
 * (it then counts as residual risk), `report` never decides.
 */
export const Demand = z.enum(['must-hold', 'must-not-break', 'report']);
export type Demand = z.infer<typeof Demand>;
