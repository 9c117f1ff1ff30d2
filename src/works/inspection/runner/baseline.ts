import { z } from 'zod';
import { JidokaError } from '../../../core/base/error.ts';
import { type TestRun, runnerNames } from './types.ts';

const Plan = z.strictObject({
  runner: z.enum(runnerNames),
  version: z.string().nullable(),
  directory: z.string(),
  argv: z.tuple([z.string()], z.string()),
  env: z.record(z.string(), z.string()),
  resultFile: z.string().nullable(),
  files: z.array(z.string()),
  specs: z.array(z.string()),
  prepare: z.array(z.string()),
  uncovered: z.array(z.string()),
  style: z.strictObject({
    sample: z.string().nullable(),
    module: z.enum(['esm', 'cjs']),
    assertions: z.array(z.string()),
    loads: z.array(z.string()),
    early: z.boolean(),
  }),
  reason: z.string(),
});

const Exit = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('exited'), code: z.number() }),
  z.strictObject({ kind: z.literal('signalled'), signal: z.string() }),
  z.strictObject({ kind: z.literal('timed-out'), afterMs: z.number() }),
  z.strictObject({ kind: z.literal('stalled'), afterMs: z.number() }),
  z.strictObject({ kind: z.literal('cancelled') }),
  z.strictObject({ kind: z.literal('limited'), limit: z.enum(['memory', 'disk', 'processes', 'cpu']), allowed: z.number() }),
  z.strictObject({ kind: z.literal('not-started'), message: z.string() }),
]);

const Result = z.strictObject({
  status: z.enum(['pass', 'fail', 'skip', 'crash', 'timeout']),
  message: z.string().exactOptional(),
  file: z.string().exactOptional(),
});

const Run = z.strictObject({
  plan: Plan,
  results: z.array(z.tuple([z.string(), Result])),
  ended: z.enum(['complete', 'crashed', 'timed-out', 'not-started']),
  running: z.array(z.string()),
  problem: z.string().nullable(),
  process: z.strictObject({ exit: Exit, truncated: z.boolean(), durationMs: z.number() }),
});

const Stored = z.strictObject({ apiVersion: z.literal('jidoka/v1'), kind: z.literal('TestBaseline'), runs: z.array(Run) });

/** Writes baseline runs as JSON for a blob; the processes' output is left out, it is kept as logs. */
export function writeBaseline(runs: readonly TestRun[]): string {
  const stored: z.input<typeof Stored> = {
    apiVersion: 'jidoka/v1',
    kind: 'TestBaseline',
    runs: runs.map(({ plan, results, ended, running, problem, process: { exit, truncated, durationMs } }) => ({
      plan: Plan.parse(plan),
      results: [...results],
      ended,
      running: [...running],
      problem,
      process: { exit, truncated, durationMs },
    })),
  };
  return JSON.stringify(stored);
}

/** Reads what `writeBaseline` wrote; throws `evidence-invalid` for anything else. */
export function readBaseline(text: string): readonly TestRun[] {
  const read = Stored.safeParse(parse(text));
  if (!read.success) {
    throw new JidokaError('evidence-invalid', `The stored baseline cannot be read: ${read.error.issues[0]?.message ?? 'no JSON'}.`, {
      mend: 'Run again; the baseline is then taken anew.',
    });
  }
  return read.data.runs.map((run) => ({
    ...run,
    results: new Map(run.results),
    canary: null,
    process: { ...run.process, stdout: '', stderr: '' },
  }));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
