import type { DependencySeed } from '../../core/packet/seed.ts';
import type { RunResult } from '../../core/ports/factory.ts';

/** One part of a group that is to be brought to its verdict; `probe` attaches evidence but no branch. */
export interface Part {
  readonly seed: DependencySeed;
  readonly purpose: 'deliver' | 'probe';
}

/** Makes the seed of some members of a group. */
export type SeedOf = (members: readonly string[]) => DependencySeed;

/** Asks for one part after the other and is told how each ended; returns the runs that speak for the group. */
type Parts<T> = Generator<Part, T, RunResult>;

/** Reasons that every part of a group would share, so that halving it finds nothing. */
const shared: ReadonlySet<string> = new Set([
  'no-tests',
  'runner-unknown',
  'weak-baseline',
  'environment',
  'missing-context',
  'baseline-install-failed',
]);

/**
 * Works a group of updates as one; where the group as a whole does not hold, halves it until the culprits stand alone,
 * delivers the others together and leaves each culprit with its own verdict. Returns the runs that speak for the group;
 * the probes in between stay in the ledger. What comes next depends on the verdicts alone, so that whoever knows them can
 * go on from the start.
 */
export function* groupParts(members: readonly string[], seedOf: SeedOf): Parts<readonly RunResult[]> {
  const whole = yield { seed: seedOf(members), purpose: 'deliver' };
  if (!worthHalving(members, whole)) return [whole];
  const { clean, culprits } = yield* bisect(members, seedOf);
  if (clean.length === 0) return culprits;
  const rest = yield* restParts(clean, seedOf);
  return [...rest, ...culprits];
}

/** Brings every part of a group to its verdict, one after the other. */
export async function workGroup(
  parts: Parts<readonly RunResult[]>,
  work: (part: Part) => Promise<RunResult>,
): Promise<readonly RunResult[]> {
  let turn = parts.next();
  while (turn.done !== true) turn = parts.next(await work(turn.value));
  return turn.value;
}

interface Split {
  readonly clean: readonly string[];
  readonly culprits: readonly RunResult[];
}

function worthHalving(members: readonly string[], result: RunResult): boolean {
  return members.length > 1 && result.verdict === 'ESCALATE' && !shared.has(result.reason.code);
}

/** Halves a group that is known not to hold. */
function* bisect(members: readonly string[], seedOf: SeedOf): Parts<Split> {
  const middle = Math.ceil(members.length / 2);
  const left = yield* probe(members.slice(0, middle), seedOf);
  const right = yield* probe(members.slice(middle), seedOf);
  return { clean: [...left.clean, ...right.clean], culprits: [...left.culprits, ...right.culprits] };
}

function* probe(members: readonly string[], seedOf: SeedOf): Parts<Split> {
  const result = yield { seed: seedOf(members), purpose: 'probe' };
  if (result.verdict === 'PR_READY') return { clean: members, culprits: [] };
  if (worthHalving(members, result)) return yield* bisect(members, seedOf);
  return { clean: [], culprits: [result] };
}

/** The clean members together; parts that hold alone but not with each other are worked one by one. */
function* restParts(clean: readonly string[], seedOf: SeedOf): Parts<readonly RunResult[]> {
  const together = yield { seed: seedOf(clean), purpose: 'deliver' };
  if (!worthHalving(clean, together)) return [together];
  const alone: RunResult[] = [];
  for (const member of clean) alone.push(yield { seed: seedOf([member]), purpose: 'deliver' });
  return [together, ...alone];
}
