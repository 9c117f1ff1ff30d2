import type { Line } from '../line/line.ts';
import { checkStatements } from '../evidence/check.ts';
import { percent, runsToExclude } from '../statistics/rate.ts';
import { EvidencePart, type Delivery, type TaskPacket } from './packet.ts';
import type { Seed } from './seed.ts';
import { seedTitle } from './title.ts';

/**
 * Makes the typed job of a seed and a line; pure, so that the same seed and line give the same packet.
 *
 * @example
 * makePacket(line, seed, 'branch').outputFormat.branch; // 'jidoka/deps/lodash@4.17.21'
 */
export function makePacket(line: Line, seed: Seed, delivery: Delivery): TaskPacket {
  return {
    apiVersion: 'jidoka/v1',
    kind: 'TaskPacket',
    intent: intentOf(seed),
    source: seed,
    scope: {
      repository: seed.repository,
      paths: seed.kind === 'task' ? seed.paths : line.scope.paths,
      protectedPaths: line.scope.protectedPaths,
      packages: packagesOf(seed),
    },
    nonGoals: line.nonGoals,
    reproduction: { statement: reproductionOf(seed), baselineRuns: line.policy.baselineRuns },
    allowedTools: ['npm', 'git (read only)', 'the test runner of the repository'],
    validation: line.inspection.map(({ check, demand }) => ({ check, demand, rule: checkStatements[check] })),
    noOpRules: line.noOpRules,
    evidenceRequired: [...EvidencePart.options],
    outputFormat: {
      delivery,
      branch: `jidoka/${line.name}/${seed.key}`,
      verdicts: ['PR_READY', 'NO_OP', 'ESCALATE', 'RETRYABLE_FAILURE'],
    },
  };
}

function intentOf(seed: Seed): string {
  const name = seed.repository.directory === '' ? seed.repository.name : `${seed.repository.name}/${seed.repository.directory}`;
  switch (seed.kind) {
    case 'dependency':
      return `Update ${seedTitle(seed)} in ${name} without changing how it behaves.`;
    case 'advisory':
      return `Leave no copy of a package affected by ${seedTitle(seed)} in ${name}, with the smallest move that does it.`;
    case 'task':
      return `${seed.title} in ${name}.`;
    case 'branch':
      return `Say what stands against taking ${seed.head.ref} at ${seed.head.commit.slice(0, 12)} into ${seed.base.ref} of ${name}.`;
    case 'ticket':
      return `Mend in ${name} what a ticket reports, with the smallest change that does it: ${seed.title}`;
    case 'flake':
      return `Show how often ${seed.test ?? 'each test of the suite'} fails in ${name} though nothing changes, and by what; or that it fails less often than ${percent(seed.rate)}.`;
  }
}

function packagesOf(seed: Seed): string[] {
  if (seed.kind === 'dependency') return seed.subjects.map((subject) => subject.name);
  if (seed.kind === 'advisory') return [...new Set(seed.advisory.affected.map((entry) => entry.package.name))];
  return [];
}

function reproductionOf(seed: Seed): string {
  switch (seed.kind) {
    case 'dependency':
      return 'The manifest and lockfile at the base commit name the releases before; the suite is run by test id on the base.';
    case 'advisory':
      return 'Every copy of the affected packages in the lockfile at the base commit is held against the advisory; the suite is run by test id on the base.';
    case 'task':
      return 'The suite is run by test id on the base commit.';
    case 'branch':
      return 'The suite is run by test id on the commit where the branch parts from its base; the new tests of the branch are run there too, and must fail.';
    case 'ticket':
      return 'New tests that show what the ticket reports are run by the factory on the base commit, twice, and must fail both times for that reason.';
    case 'flake':
      return `The suite is run by test id on the base, and then again and again, at least ${runsToExclude(seed.rate)} times in each mode unless it fails before.`;
  }
}
