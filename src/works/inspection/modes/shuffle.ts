import semver from 'semver';
import type { TestPlan } from '../runner/index.ts';
import { scratch } from '../runner/reporters/lines.ts';
import { withFiles } from './narrow.ts';
import { none, type Circumstances, type ModePlan } from './mode-plan.ts';

const orderFile = `${scratch}/in-order.mjs`;

/** node --test sorts the files that it is given; its own interface does not. */
const orderProgram = `import { run } from 'node:test';
import { resolve } from 'node:path';
import report from './node-test-reporter.mjs';
const files = process.argv.slice(2).map((file) => resolve(file));
const events = run({ files, concurrency: 1 });
events.on('test:fail', () => { process.exitCode = 1; });
for await (const _ of report(events));
`;

/** The plan in an order that follows from the seed: of tests where the runner can, else of files, one after the other. */
export function shuffle(plan: TestPlan, { run, seed, files }: Circumstances): ModePlan {
  const own = (seed + run * 7919) % 1_000_000;
  const variation = `seed ${own}`;
  switch (plan.runner) {
    case 'vitest':
      return shuffled(inserted(plan, ['--sequence.shuffle=true', `--sequence.seed=${own}`]), variation);
    case 'jest':
      return semver.gte(plan.version ?? '0.0.0', '29.5.0')
        ? shuffled(inserted(plan, ['--randomize', `--seed=${own}`]), variation)
        : none(`jest ${plan.version ?? ''} cannot shuffle tests, and orders files by itself`);
    case 'node:test':
      return files.length < 2 ? oneFile(plan) : shuffled(inOrder(plan, permuted(files, own)), variation, { [orderFile]: orderProgram });
    case 'mocha':
    case 'tape': {
      const ordered = files.length < 2 ? null : withFiles(plan, permuted(files, own));
      return ordered === null ? oneFile(plan) : shuffled(ordered, variation);
    }
    case 'tap':
    case 'ava':
    case 'junit':
      return none(`${plan.runner} orders files by itself`);
  }
}

function oneFile({ runner }: TestPlan): ModePlan {
  return none(`${runner} orders the tests of a file by itself, and there is one file`);
}

function shuffled(plan: TestPlan, variation: string, laidIn: Readonly<Record<string, string>> = {}): ModePlan {
  return { kind: 'plan', plan, laidIn, variation, recurs: false };
}

function inserted(plan: TestPlan, flags: readonly string[]): TestPlan {
  const [program, ...args] = plan.argv;
  const at = args.length - plan.specs.length;
  return { ...plan, argv: [program, ...args.slice(0, at), ...flags, ...args.slice(at)] };
}

/** What stands before `--test` says how Node runs; the rest is the runner's. */
function inOrder(plan: TestPlan, files: readonly string[]): TestPlan {
  const [program, ...args] = plan.argv;
  return { ...plan, argv: [program, ...args.slice(0, args.indexOf('--test')), orderFile, ...files], specs: files, files };
}

/** A permutation that follows from a seed alone: Fisher and Yates, by a linear congruential generator. */
export function permuted<Item>(items: readonly Item[], seed: number): readonly Item[] {
  const order = [...items];
  let state = (seed * 2_654_435_761) >>> 0;
  for (let left = order.length - 1; left > 0; left -= 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const at = Math.floor((state / 2 ** 32) * (left + 1));
    const [one, other] = [order[left], order[at]];
    if (one !== undefined && other !== undefined) [order[left], order[at]] = [other, one];
  }
  return order;
}
