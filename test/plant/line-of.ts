/** Stages of a line of a scenario; each says what it does unless it is a gate or a command. */
export type Stages = readonly (Readonly<Record<string, unknown>> & { readonly id: string })[];

const checksOf: Readonly<Record<string, readonly string[]>> = {
  command: ['command'],
  gate: ['person'],
  runs: ['runs'],
  change: ['station'],
  inspection: ['scope', 'tests'],
};

/** A line on which tasks are worked, whose inspection demands what its stages can show. */
export function lineOf(name: string, stages: Stages, more: object = {}): object {
  const checks = new Set(stages.flatMap(({ does }) => checksOf[String(does)] ?? []));
  return {
    apiVersion: 'jidoka/v1',
    kind: 'Line',
    name,
    summary: 'A line of a scenario.',
    seed: 'task',
    nonGoals: [],
    scope: { paths: ['src/**'], protectedPaths: ['test/**'] },
    stages,
    inspection: [...checks].map((check) => ({ check, demand: 'must-hold' })),
    noOpRules: stages.some(({ does }) => does === 'change') ? [] : [rule],
    policy: { baselineRuns: 1, minimumReleaseAgeDays: 0, reuseBaseline: '6h' },
    ...more,
  };
}

const rule = {
  code: 'all-stages-hold',
  statement: 'Every stage holds and there is nothing to change here.',
  proof: 'what each stage came to',
};

/** A stage that runs a script by node; `mark` is an argument that its process can be found by. */
export function script(id: string, code: string, more: object = {}, mark = ''): Stages[number] {
  return { id, does: 'command', run: ['node', '-e', code, ...(mark === '' ? [] : [mark])], timeout: '5m', ...more };
}

/** A stage where a person is asked. */
export function gate(id: string, more: object = {}, stage: object = {}): Stages[number] {
  return {
    id,
    does: 'gate',
    gate: { question: `May it pass ${id}?`, roles: ['reviewer'], expires: '7d', choices: ['approve', 'reject'], ...more },
    ...stage,
  };
}

/** A stage whose station writes one file below src. */
export function change(id: string, more: object = {}): Stages[number] {
  const run = [
    'node',
    '-e',
    `require('node:fs').mkdirSync('src', { recursive: true }); require('node:fs').writeFileSync('src/new.js', '1;\\n')`,
  ];
  return { id, does: 'change', station: 'command', run, timeout: '5m', ...more };
}
