import type { Ended } from '../../kit/scenario/index.ts';
import { RunResult } from '../../src/core/ports/factory.ts';

/** Reads the result of one run from what a command line printed; throws, with all that it said, where there is none. */
export function readResult({ code, stdout, stderr }: Ended): RunResult {
  const read = RunResult.safeParse(JSON.parse(stdout));
  if (read.success) return read.data;
  throw new Error(`It ended with ${code} and without a result:\n${stdout}\n${stderr}`);
}
