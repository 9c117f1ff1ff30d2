import type { RunnerName, TestPlan } from '../runner/index.ts';
import { none, usual, type ModePlan, type Target } from './mode-plan.ts';

/** The arguments that name one test to a runner, before those that name files; absent where it takes none. */
const filters: Partial<Record<RunnerName, (titles: readonly string[]) => readonly string[]>> = {
  // Node 20 holds each title against a pattern by itself, later ones the titles of the suites with it.
  'node:test': (titles) => [...new Set([titles.join(' '), titles.at(-1) ?? ''])].map((name) => `--test-name-pattern=^${escaped(name)}$`),
  mocha: (titles) => ['--grep', `^${escaped(titles.join(' '))}$`],
  jest: (titles) => ['--testNamePattern', `^${escaped(titles.join(' '))}$`],
  vitest: (titles) => [`--testNamePattern=^${escaped(titles.join(' '))}$`],
};

/** The plan with one file in it. */
export function narrowToFile(plan: TestPlan, file: string): ModePlan {
  const narrowed = withFiles(plan, [file]);
  return narrowed === null ? none(`the command of ${plan.runner} names no files`) : usual(narrowed);
}

/** The plan with one test in it. */
export function narrowToTest(plan: TestPlan, { file, titles }: Target): ModePlan {
  const filter = filters[plan.runner];
  const narrowed = withFiles(plan, [file]);
  if (filter === undefined || narrowed === null) return none(`${plan.runner} cannot be told to run one test`);
  const at = narrowed.argv.length - narrowed.specs.length;
  const [program, ...args] = narrowed.argv;
  return usual({ ...narrowed, argv: [program, ...args.slice(0, at - 1), ...filter(withoutNumber(titles)), ...narrowed.specs] });
}

/** The plan with these files, in this order, instead of what its command names; null where it does not name files. */
export function withFiles(plan: TestPlan, files: readonly string[]): TestPlan | null {
  if (plan.runner === 'junit' || files.some((file) => file === '')) return null;
  const [program, ...args] = plan.argv;
  const specs = plan.runner === 'jest' ? ['--runTestsByPath', ...files] : files;
  return { ...plan, argv: [program, ...args.slice(0, args.length - plan.specs.length), ...specs], specs, files };
}

/** Of tests of one name all are run; which of them is looked at, their numbers tell. */
function withoutNumber(titles: readonly string[]): readonly string[] {
  return titles.map((title, index) => (index === titles.length - 1 ? title.replace(/ #\d+$/, '') : title));
}

/** A title as a pattern; ids have white space as one space. */
function escaped(text: string): string {
  return text.replaceAll(/[.*+?^$(){}|[\]\\/]/g, String.raw`\$&`).replaceAll(' ', String.raw`\s+`);
}
