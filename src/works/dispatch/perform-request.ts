import { isJidokaError, usageCodes } from '../../core/base/error.ts';
import { toJson, type Json } from '../../core/base/json.ts';
import type { HeldStep } from '../../core/ports/engine.ts';
import type { RunReport, RunRequest } from '../../core/ports/factory.ts';
import type { RunNeeds } from '../run/index.ts';

/** Works a request to its report. */
export type WorkRequest = (request: RunRequest, signal: AbortSignal) => Promise<RunReport>;

/**
 * Takes up a request that somebody left: makes its seeds and follows their runs to the end. A request that cannot be
 * worked as it is ends with what its author must mend; it does not count as a failure of the factory.
 */
export async function performRequest(step: HeldStep, signal: AbortSignal, means: { readonly needs: RunNeeds; readonly work: WorkRequest }): Promise<void> {
  const { engine } = means.needs;
  const request = step.input as unknown as RunRequest; // written by submitRequest alone
  const output = await means.work(request, signal).then(reportOutput, refusalOutput);
  await engine.transaction(async (tx) => {
    await engine.finish(step, tx);
    await engine.end(step.work, output, tx);
  });
}

function reportOutput(report: RunReport): Json {
  const results = report.kind === 'one' ? [report.result] : report.runs;
  return toJson({ runs: results.map(({ run, verdict }) => ({ run, verdict })) });
}

function refusalOutput(error: unknown): Json {
  if (!isJidokaError(error) || !usageCodes.has(error.code)) throw error;
  return { error: { code: error.code, message: error.message, mend: error.mend } };
}
