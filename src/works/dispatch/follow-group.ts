import { assertNever } from '../../core/base/assert-never.ts';
import { parseRunId } from '../../core/base/ids.ts';
import { canonicalJson } from '../../core/base/json.ts';
import type { Seed } from '../../core/packet/seed.ts';
import type { WorkView } from '../../core/ports/engine.ts';
import type { RunResult } from '../../core/ports/factory.ts';
import type { RunInput, RunNeeds } from '../run/index.ts';
import { resultOf } from './follow-run.ts';
import type { Part } from './work-group.ts';
import { deliveryOf, partsOf, type Group } from './work-request.ts';
import { findAttempt, type SeedOrder } from './work-seed.ts';

/**
 * A group that a request asked for, as far as it has come. It is kept whole, so that whoever goes on with it neither asks
 * the repository nor the registry again, which may say something else by then.
 */
export interface GroupState {
  readonly group: Group;
  readonly order: Omit<SeedOrder, 'signal'>;
  /** Seeds that follow the group. */
  readonly seeds: readonly Seed[];
  /** Runs of its parts so far, by part. */
  readonly runs: Readonly<Record<string, string>>;
}

/** How far a group came: through, to a run that is under way, or to one that is yet to be begun. */
export type GroupTurn =
  | { readonly kind: 'through'; readonly runs: readonly string[] }
  | { readonly kind: 'rests'; readonly until: string }
  | { readonly kind: 'goes-on'; readonly state: GroupState; readonly until: string; readonly begin: readonly RunInput[] };

/** A run that somebody works on is looked at again soon; one that waits for a person is not. */
const lookAgainMs = { underWay: 1_000, resting: 15_000 };
const prefix = 'group/';

/** Keeps a group, and gives the id of the step that goes on with it. */
export async function keepGroup(state: GroupState, { blobs }: RunNeeds): Promise<string> {
  const { sha256 } = await blobs.put(canonicalJson(state), { label: 'group', mediaType: 'application/json' });
  return `${prefix}${sha256}`;
}

/** The group that a step goes on with, or null where it does not. */
export async function keptGroup(step: string, { blobs }: RunNeeds): Promise<GroupState | null> {
  if (!step.startsWith(prefix)) return null;
  return JSON.parse(await blobs.text(step.slice(prefix.length))) as GroupState; // written by keepGroup alone
}

/** Goes through the parts of a group as far as their runs have ended. */
export async function followGroup(state: GroupState, needs: RunNeeds): Promise<GroupTurn> {
  const parts = partsOf(state.group, needs);
  const runs = { ...state.runs };
  let turn = parts.next();
  while (turn.done !== true) {
    const key = keyOf(turn.value);
    const known = runs[key];
    const attempt = known === undefined ? await attemptAt(turn.value, state, needs) : null;
    const run = known ?? attempt?.input.run ?? '';
    runs[key] = run;
    if (attempt?.standing === 'new')
      return { kind: 'goes-on', state: { ...state, runs }, until: laterBy('underWay', needs), begin: [attempt.input] };
    const seen = await look(run, needs);
    if (typeof seen === 'string') {
      const until = laterBy(seen, needs);
      return attempt === null ? { kind: 'rests', until } : { kind: 'goes-on', state: { ...state, runs }, until, begin: [] };
    }
    turn = parts.next(seen);
  }
  return { kind: 'through', runs: turn.value.map(({ run }) => run) };
}

function keyOf({ seed, purpose }: Part): string {
  return `${purpose} ${seed.subjects.map(({ name }) => name).join(' ')}`;
}

function attemptAt({ seed, purpose }: Part, { order }: GroupState, needs: RunNeeds): ReturnType<typeof findAttempt> {
  return findAttempt(seed, { ...order, delivery: deliveryOf(purpose, order) }, needs);
}

/** The result of a run that has ended, or how it stands. One that failed may be let go on by a person. */
async function look(id: string, { engine, ledger }: RunNeeds): Promise<RunResult | keyof typeof lookAgainMs> {
  const run = parseRunId(id);
  const view = await engine.work(run);
  const state = view?.state ?? 'ended'; // of a run that an older version worked, the ledger alone knows
  switch (state) {
    case 'ended':
      return resultOf(run, await ledger.read(run));
    case 'failed':
      return 'resting';
    case 'open':
      return view !== null && isAtWork(view) ? 'underWay' : 'resting';
    default:
      return assertNever(state);
  }
}

function isAtWork({ steps }: WorkView): boolean {
  return steps.some(({ state, held, notBefore }) => state === 'held' || (held.length === 0 && notBefore === null));
}

function laterBy(how: keyof typeof lookAgainMs, { clock }: RunNeeds): string {
  return new Date(Date.parse(clock.now()) + lookAgainMs[how]).toISOString();
}
