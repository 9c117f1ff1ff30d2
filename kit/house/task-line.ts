import { canonicalJson } from '../../src/core/base/json.ts';
import { runId, seedKey } from '../../src/core/base/ids.ts';
import { sampleLine, sha256 } from '../evidence/index.ts';
import type { Line, Stage } from '../../src/core/line/line.ts';
import type { TaskSeed } from '../../src/core/packet/seed.ts';
import type { RunRequest } from '../../src/core/ports/factory.ts';
import { snapshot } from './memory-forge.ts';

/**
 * A line of these stages, for tasks. With a change it ends in PR_READY where its commands hold, without one in NO_OP.
 *
 * @example
 * taskLine([change, { id: 'lint', does: 'command', run: ['lint'] }]);
 */
export function taskLine(stages: readonly Stage[], more: Partial<Line> = {}): Line {
  return {
    ...sampleLine,
    name: 'tasks',
    seed: 'task',
    scope: { paths: ['**'], protectedPaths: [] },
    stages: [...stages],
    inspection: [{ check: 'command', demand: 'must-not-break' }],
    noOpRules: [{ code: 'all-stages-hold', statement: 'Every stage holds.', proof: 'what each stage came to' }],
    ...more,
  };
}

/** A stage that runs a program of the house by the stage's own name. */
export function commandStage(id: string, more: Partial<Stage> = {}): Stage {
  return { id, does: 'command', run: [id], ...more };
}

/** A stage that the station "writer" does. */
export function changeStage(more: Partial<Stage> = {}): Stage {
  return { id: 'change', does: 'change', station: 'writer', ...more };
}

/** A gate for a reviewer, open for an hour. */
export function gateStage(id: string, more: Partial<Stage> = {}): Stage {
  const gate = { question: 'May it go out?', roles: ['reviewer'], expires: '1h', choices: ['approve', 'reject', 'answer'] } as const;
  return { id, does: 'gate', gate: { ...gate, roles: [...gate.roles], choices: [...gate.choices] }, ...more };
}

/** A task for a line, about the repository of the house. */
export function taskSeed(line: Line, key = 'one'): TaskSeed {
  return {
    kind: 'task',
    line: line.name,
    key,
    repository: snapshot,
    scope: 'all',
    actor: 'ada',
    trusted: true,
    title: `task ${key}`,
    body: '',
    paths: ['**'],
  };
}

/** What a person asks for to have that task done on the line `tasks`. */
export const taskRequest: RunRequest = {
  line: 'tasks',
  repository: snapshot.location,
  subject: { kind: 'task', key: 'one', title: 'task one', body: '', paths: null },
  to: null,
  scope: 'all',
  dryRun: false,
  again: false,
  advisories: [],
  lineFile: null,
  actor: 'cli:ada',
};

/** What a run of a task is started with. */
export function runInput(line: Line, key = 'one') {
  const seed = taskSeed(line, key);
  const lineDigest = sha256(canonicalJson(line));
  const run = runId(line.name, seedKey([key]), sha256(canonicalJson({ seed, lineDigest })));
  return { run, seed, line, lineDigest, attempt: 1, delivery: 'branch', advisories: null, parent: null, priority: 100 } as const;
}
