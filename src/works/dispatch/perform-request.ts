import { isJidokaError, usageCodes } from '../../core/base/error.ts';
import { toJson } from '../../core/base/json.ts';
import type { EventBody } from '../../core/evidence/event.ts';
import type { Line } from '../../core/line/line.ts';
import type { HeldStep } from '../../core/ports/engine.ts';
import type { RunRequest } from '../../core/ports/factory.ts';
import { factoryChain } from '../../core/ports/ledger.ts';
import { newEvents, submitRun, type RunInput, type RunNeeds } from '../run/index.ts';
import type { Crew } from './crew.ts';
import { planRequest, workRequest, type RequestMeans } from './work-request.ts';
import { findAttempt } from './work-seed.ts';

export interface Taking {
  readonly needs: RunNeeds;
  readonly crew: Crew;
  /** The line of a request, checked. */
  lineOf(request: RunRequest): Promise<Line>;
}

/** What became of a request: its runs, those of them that are yet to be begun, or why nothing did. */
type Taken =
  | { readonly runs: readonly string[]; readonly begin: readonly RunInput[] }
  | { readonly refusal: Extract<EventBody, { type: 'request.refused' }> };

/**
 * Takes up a request that somebody left: begins its runs and is done with it, in one transaction, so that it is taken
 * up once, holds nothing while they rest, and is not made anew of a repository that moved on meanwhile. Only a group is
 * followed to its end, because its parts depend on it. A request that cannot be worked as it is ends with what its
 * author must mend, in the factory's own chain; it does not count as a failure of the factory.
 */
export async function performRequest(step: HeldStep, signal: AbortSignal, taking: Taking): Promise<void> {
  const { engine, ledger, clock } = taking.needs;
  const request = step.input as unknown as RunRequest; // written by submitRequest alone
  const taken = await takeUp(request, signal, taking).catch((error: unknown) => refusalOf(step.work, error));
  const body = 'refusal' in taken ? taken.refusal : ({ type: 'request.taken', request: step.work, runs: taken.runs } as const);
  await engine.transaction(async (tx) => {
    await engine.finish(step, tx);
    if ('begin' in taken) for (const input of taken.begin) await submitRun(input, taking.needs, tx);
    await ledger.append(factoryChain, newEvents([[`${body.type}/${step.work}`, body]], clock.now()), tx);
    await engine.end(step.work, toJson(body), tx);
  });
}

async function takeUp(request: RunRequest, signal: AbortSignal, { needs, crew, lineOf }: Taking): Promise<Taken> {
  const means: RequestMeans = { line: await lineOf(request), needs, crew, signal };
  const { asked, order } = await planRequest(request, means);
  if (asked.kind === 'group') {
    const report = await workRequest(request, means);
    return { runs: (report.kind === 'one' ? [report.result] : report.runs).map(({ run }) => run), begin: [] };
  }
  const seeds = asked.kind === 'one' ? [asked.seed] : asked.seeds;
  const attempts = await Promise.all(seeds.map((seed) => findAttempt(seed, order, needs)));
  return {
    runs: attempts.map(({ input }) => input.run),
    begin: attempts.flatMap(({ input, standing }) => (standing === 'new' ? [input] : [])),
  };
}

function refusalOf(request: string, error: unknown): Taken {
  if (!isJidokaError(error) || !usageCodes.has(error.code)) throw error;
  const { code, message, mend } = error;
  return { refusal: { type: 'request.refused', request, code, message, mend } };
}
