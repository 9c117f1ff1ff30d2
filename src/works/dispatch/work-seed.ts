import { parseRunId, runId, seedKey, type RunId } from '../../core/base/ids.ts';
import { canonicalJson } from '../../core/base/json.ts';
import { assertNever } from '../../core/base/assert-never.ts';
import { find, runResult } from '../../core/evidence/run-result.ts';
import type { Line } from '../../core/line/line.ts';
import type { Seed } from '../../core/packet/seed.ts';
import { seedTitle } from '../../core/packet/title.ts';
import type { WorkView } from '../../core/ports/engine.ts';
import type { Progress, RunResult } from '../../core/ports/factory.ts';
import { submitRun, type RunInput, type RunNeeds } from '../run/index.ts';
import type { Crew } from './crew.ts';
import { followRun } from './follow-run.ts';

export interface SeedOrder {
  readonly line: Line;
  readonly lineDigest: string;
  readonly delivery: RunInput['delivery'];
  readonly advisories: string | null;
  /** Works anew even where the seed has a verdict. */
  readonly again: boolean;
  readonly priority: number;
  readonly plan?: RunInput['plan'];
  readonly signal?: AbortSignal;
}

type Joined = Extract<Progress, { kind: 'run' }>['joined'];

/**
 * Brings a seed to its verdict, once: a run of the same seed that is under way is joined, one that a dead process left
 * is taken over, and one that ended is reported as it ended while what it delivered still stands.
 */
export async function workSeed(seed: Seed, order: SeedOrder, needs: RunNeeds, crew: Crew): Promise<RunResult> {
  const { input, standing } = await findAttempt(seed, order, needs);
  const run = parseRunId(input.run);
  const seen = (await needs.ledger.read(run)).length;
  const joined = standing === 'new' ? await begin(input, needs) : standing;
  needs.progress({ kind: 'run', run, title: seedTitle(seed), joined });
  const { signal } = order;
  const result = await followRun(
    { run, seen: joined === 'under-way' ? 0 : seen, ...(signal === undefined ? {} : { signal }) },
    needs,
    crew,
  );
  needs.progress({ kind: 'ended', result });
  return result;
}

/** The run that a seed is to be worked as. */
export interface Attempt {
  readonly input: RunInput;
  /** `new`: it is to be submitted. */
  readonly standing: Joined;
}

/** Finds the run of a seed: one that is not there yet, one to be joined, one that failed and is let go on, or one that ended and stands. */
export async function findAttempt(seed: Seed, order: SeedOrder, needs: RunNeeds): Promise<Attempt> {
  for (let attempt = 1; ; attempt += 1) {
    const input = inputOf(seed, order, attempt, needs);
    const standing = await standingOf(input, await needs.engine.work(input.run), needs, order.again);
    if (standing !== null) return { input, standing };
  }
}

/** Somebody else may begin the same run at the same moment. */
async function begin(input: RunInput, needs: RunNeeds): Promise<Joined> {
  const submitted = await needs.engine.transaction((tx) => submitRun(input, needs, tx));
  return submitted === 'new' ? 'new' : 'under-way';
}

function inputOf(seed: Seed, order: SeedOrder, attempt: number, needs: RunNeeds): RunInput {
  const { line, lineDigest, delivery, advisories, priority, plan } = order;
  // What does not change what is asked for must not make another run of it.
  const asked = { ...seed, actor: '', repository: { ...seed.repository, uncommitted: 0 } };
  // Of who chose a plan it is no other run either, but of another plan it is.
  const chosen = plan === undefined ? {} : { plan: plan.models };
  const digest = needs.sha256(canonicalJson({ asked, lineDigest, delivery, advisories, attempt, ...chosen }));
  const run = runId(line.name, seedKey([seed.key]), digest);
  return { run, seed, line, lineDigest, attempt, delivery, advisories, parent: null, priority, ...(plan !== undefined && { plan }) };
}

/** How this attempt stands; null sends the caller to the next one. */
async function standingOf(input: RunInput, view: WorkView | null, needs: RunNeeds, again: boolean): Promise<Joined | null> {
  const run = parseRunId(input.run);
  const state = view?.state;
  switch (state) {
    case 'open':
      return view !== null && (await isLeft(view, needs)) ? 'resumed' : 'under-way';
    case 'failed':
      await needs.control.retry(run);
      return 'resumed';
    case 'ended':
      return await standingOfEnded(run, needs, again);
    case undefined:
      // Of a run that an older version worked to its end, the ledger alone knows.
      return (await hasEnded(run, needs)) ? await standingOfEnded(run, needs, again) : 'new';
    default:
      return assertNever(state);
  }
}

async function hasEnded(run: RunId, { ledger }: RunNeeds): Promise<boolean> {
  return find(await ledger.read(run), 'run.ended') !== undefined;
}

async function standingOfEnded(run: RunId, needs: RunNeeds, again: boolean): Promise<'ended' | null> {
  return !again && (await stillStands(run, needs)) ? 'ended' : null;
}

/** A step that somebody is there for is taken within this time; between two of them nobody has a run in hand. */
const untakenMs = 300;

/** True where the process that worked on it is dead and nobody has taken its step yet. */
export async function isLeft(view: WorkView, { engine, feed }: RunNeeds): Promise<boolean> {
  const held = view.steps.filter(({ state }) => state === 'held');
  if (held.length > 0) return held.every(({ isLive }) => !isLive);
  const waiting = (seen: WorkView | null): readonly string[] =>
    (seen?.steps ?? []).flatMap(({ id, state, notBefore }) => (state === 'waiting' && notBefore === null ? [id] : []));
  const before = waiting(view);
  if (before.length === 0) return false;
  await feed.wait(untakenMs, new AbortController().signal);
  return waiting(await engine.work(view.id)).some((id) => before.includes(id));
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
