import type { TestRun } from '../../inspection/runner/index.ts';
import { outputOf } from '../../inspection/tree/index.ts';

/** The command, the results by id and the output of a run, for a person. */
export function suiteLog(run: TestRun): string {
  const results = [...run.results].map(
    ([id, { status, message }]) => `${status}\t${id}${message === undefined ? '' : `\n\t${message.replaceAll('\n', '\n\t')}`}`,
  );
  const canary = run.canary === null ? '' : `canary ${run.canary.file}: ${run.canary.reported}\n`;
  const head = `${run.plan.argv.join(' ')}\nended ${run.ended} after ${run.process.durationMs} ms\n${canary}`;
  return `${head}${results.join('\n')}\n\n${outputOf(run.process)}`;
}
