/** What a line of a test does: the scripts of its one station and of its one command. */
export interface TaskScripts {
  readonly name: string;
  readonly change: string;
  readonly check: string;
}

/** Uses a package that only a setup can have brought, and looks whether it did. */
export const ofPlain = {
  change: `node -e "console.log(require('plain'))" > said.txt`,
  check: 'test -s said.txt && test -d node_modules/plain',
} as const;

/** Text of a line for a task, from applicability to inspection. */
export function taskLineFile({ name, change, check }: TaskScripts): string {
  return JSON.stringify({
    apiVersion: 'jidoka/v1',
    kind: 'Line',
    name,
    summary: 'One station and one command.',
    seed: 'task',
    nonGoals: [],
    scope: { paths: ['**'], protectedPaths: [] },
    stages: [
      { id: 'applicability', does: 'applicability' },
      { id: 'baseline', does: 'baseline' },
      { id: 'change', does: 'change', station: 'command', run: ['sh', '-c', change] },
      { id: 'check', does: 'command', after: ['change'], run: ['sh', '-c', check] },
      { id: 'inspection', does: 'inspection' },
    ],
    inspection: ['station', 'scope', 'command', 'install', 'tests'].map((one) => ({ check: one, demand: 'must-hold' })),
    noOpRules: [],
    policy: { baselineRuns: 1, minimumReleaseAgeDays: 0, reuseBaseline: '1m' },
  });
}
