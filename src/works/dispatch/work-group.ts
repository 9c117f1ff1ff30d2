import type { DependencySeed } from '../../core/packet/seed.ts';
import type { RunResult } from '../../core/ports/factory.ts';

/** Brings one seed to its verdict; `probe` attaches evidence but no branch. */
export type WorkSeed = (seed: DependencySeed, purpose: 'deliver' | 'probe') => Promise<RunResult>;
/** Makes the seed of some members of a group. */
export type SeedOf = (members: readonly string[]) => DependencySeed;

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
 * the probes in between stay in the ledger.
 */
export async function workGroup(members: readonly string[], seedOf: SeedOf, work: WorkSeed): Promise<readonly RunResult[]> {
  const whole = await work(seedOf(members), 'deliver');
  if (!worthHalving(members, whole)) return [whole];
  const { clean, culprits } = await bisect(members, { seedOf, work });
  if (clean.length === 0) return culprits;
  const rest = await workRest(clean, { seedOf, work });
  return [...rest, ...culprits];
}

interface Means {
  readonly seedOf: SeedOf;
  readonly work: WorkSeed;
}

interface Split {
  readonly clean: readonly string[];
  readonly culprits: readonly RunResult[];
}

function worthHalving(members: readonly string[], result: RunResult): boolean {
  return members.length > 1 && result.verdict === 'ESCALATE' && !shared.has(result.reason.code);
}

/** Halves a group that is known not to hold. */
async function bisect(members: readonly string[], means: Means): Promise<Split> {
  const middle = Math.ceil(members.length / 2);
  const left = await probe(members.slice(0, middle), means);
  const right = await probe(members.slice(middle), means);
  return { clean: [...left.clean, ...right.clean], culprits: [...left.culprits, ...right.culprits] };
}

async function probe(members: readonly string[], means: Means): Promise<Split> {
  const result = await means.work(means.seedOf(members), 'probe');
  if (result.verdict === 'PR_READY') return { clean: members, culprits: [] };
  if (worthHalving(members, result)) return await bisect(members, means);
  return { clean: [], culprits: [result] };
}

/** The clean members together; parts that hold alone but not with each other are worked one by one. */
async function workRest(clean: readonly string[], means: Means): Promise<readonly RunResult[]> {
  const together = await means.work(means.seedOf(clean), 'deliver');
  if (!worthHalving(clean, together)) return [together];
  const alone: RunResult[] = [];
  for (const member of clean) alone.push(await means.work(means.seedOf([member]), 'deliver'));
  return [together, ...alone];
}
