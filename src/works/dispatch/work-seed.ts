import { JidokaError } from '../../core/base/error.ts';
import { parseRunId, runId, seedKey, type RunId } from '../../core/base/ids.ts';
import { canonicalJson, toJson, type Json } from '../../core/base/json.ts';
import { assertNever } from '../../core/base/assert-never.ts';
import { runResult } from '../../core/evidence/run-result.ts';
import type { Line } from '../../core/line/line.ts';
import type { Seed } from '../../core/packet/seed.ts';
import { seedTitle } from '../../core/packet/title.ts';
import type { Engine, WorkflowState } from '../../core/ports/engine.ts';
import type { Progress, RunResult } from '../../core/ports/factory.ts';
import { followRun } from './follow-run.ts';
import type { RunNeeds } from '../run/index.ts';
import type { RunInput } from '../run/index.ts';

/** The engine as a run uses it: inputs and outputs are JSON, checked where they are read. */
export type RunEngine = Engine<Json, Json>;

export interface SeedOrder {
  readonly line: Line;
  readonly lineDigest: string;
  readonly delivery: RunInput['delivery'];
  readonly advisories: string | null;
  /** Works anew even where the seed has a verdict. */
  readonly again: boolean;
}

type Joined = Extract<Progress, { kind: 'run' }>['joined'];

/**
 * Brings a seed to its verdict, once: a run of the same seed that is under way is joined, one that a dead process left
 * is taken over, and one that ended is reported as it ended while what it delivered still stands.
 */
export async function workSeed(seed: Seed, order: SeedOrder, needs: RunNeeds, engine: RunEngine): Promise<RunResult> {
  for (let attempt = 1; ; attempt += 1) {
    const input = inputOf(seed, order, attempt, needs);
    const run = parseRunId(input.run);
    const state = await engine.state(run);
    const taken = await takeUp(input, state, needs, engine, order.again);
    if (taken === null) continue;
    needs.progress({ kind: 'run', run, title: seedTitle(seed), joined: taken });
    const result = await finish(run, taken, needs, engine);
    needs.progress({ kind: 'ended', result });
    return result;
  }
}

/** Waits for a run to end, showing what others do on it, and folds its result from the ledger. */
export async function finish(run: RunId, joined: Joined, needs: RunNeeds, engine: RunEngine): Promise<RunResult> {
  const stop = new AbortController();
  const following = joined === 'under-way' ? followRun(run, needs, stop.signal) : Promise.resolve();
  try {
    await engine.result(run);
  } finally {
    stop.abort();
    await following;
  }
  const result = runResult(await needs.ledger.read(run));
  if (result !== null) return result;
  throw new JidokaError('invariant', `Run ${run} ended without a result in the ledger.`, { mend: `Look at it: jidoka show ${run} --json` });
}

function inputOf(seed: Seed, order: SeedOrder, attempt: number, needs: RunNeeds): RunInput {
  const { line, lineDigest, delivery, advisories } = order;
  // What does not change what is asked for must not make another run of it.
  const asked = { ...seed, actor: '', repository: { ...seed.repository, uncommitted: 0 } };
  const digest = needs.sha256(canonicalJson({ asked, lineDigest, delivery, advisories, attempt }));
  return { run: runId(line.name, seedKey([seed.key]), digest), seed, line, lineDigest, attempt, delivery, advisories };
}

/** Starts, joins or takes over this attempt; null sends the caller to the next attempt. */
async function takeUp(input: RunInput, state: WorkflowState, needs: RunNeeds, engine: RunEngine, again: boolean): Promise<Joined | null> {
  switch (state.kind) {
    case 'unknown':
      return (await engine.start(input.run, toJson(input))) === 'started' ? 'new' : 'under-way';
    case 'running':
      return 'under-way';
    case 'orphaned':
      await engine.resume(input.run);
      return 'resumed';
    case 'ended':
      return !again && (await stillStands(parseRunId(input.run), needs)) ? 'ended' : null;
    case 'failed':
    case 'cancelled':
      return null;
    default:
      return assertNever(state);
  }
}

/** Whether an ended run answers the same question today: not a failure to be tried again, and its refs are still there. */
async function stillStands(run: RunId, needs: RunNeeds): Promise<boolean> {
  const events = await needs.ledger.read(run);
  const result = runResult(events);
  const seed = events.map(({ body }) => body).find((body) => body.type === 'run.started')?.seed;
  if (result === null || seed === undefined || result.verdict === 'RETRYABLE_FAILURE') return false;
  const refs = [result.branch === null ? null : `refs/heads/${result.branch}`, result.evidence.ref].filter((ref) => ref !== null);
  const found = await Promise.all(refs.map((ref) => needs.forge.resolve(seed.repository, ref)));
  return found.every((commit) => commit !== null);
}
