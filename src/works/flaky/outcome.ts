import type { TestRun } from '../inspection/runner/index.ts';

export type Outcome = { readonly kind: 'pass' } | { readonly kind: 'fail'; readonly message: string } | { readonly kind: 'unseen' };

/** What became of a test in one run: one without a result of its own failed with its file, or was not reached. */
export function outcomeOf({ results, ended, running, process }: TestRun, id: string, file: string): Outcome {
  const result = results.get(id);
  if (result?.status === 'pass') return { kind: 'pass' };
  if (result?.status === 'skip') return { kind: 'unseen' };
  if (result !== undefined) return { kind: 'fail', message: result.message ?? result.status };
  const whole = results.get(file);
  if (whole?.status === 'crash') return { kind: 'fail', message: `its file could not be run: ${whole.message ?? 'it died'}` };
  if (!running.includes(file)) return { kind: 'unseen' };
  if (ended === 'timed-out') return { kind: 'fail', message: `it did not end within ${Math.round(process.durationMs / 1000)} s` };
  return ended === 'crashed' ? { kind: 'fail', message: 'the runner died while its file ran' } : { kind: 'unseen' };
}
