import { compare, major, valid } from 'semver';
import type { VulnerableCopy } from '../../core/evidence/fact.ts';
import { requestersOf, resolve } from '../npm/lock/index.ts';
import { affectedNames, isAffected, matchAdvisory } from '../npm/osv/index.ts';
import { attempt, isOnAim, leastMoves, type Attempt } from './attempt.ts';
import type { Refusal } from './bench.ts';
import { leftIn, type Patient, type Rung } from './patient.ts';
import { lockOf, type Tree } from './project.ts';

export interface Climb {
  readonly rung: Rung;
  readonly tree: Tree;
  readonly left: readonly VulnerableCopy[];
}

/** The tree to go on from, better or unchanged; `failed` only where the surroundings failed. */
export type Climbed = { readonly kind: 'stands'; readonly tree: Tree } | { readonly kind: 'failed'; readonly refusal: Refusal };

/** Tries a rung in every way it knows and keeps the best result, if that leaves fewer vulnerable copies. */
export async function climbRung(patient: Patient, { rung, tree, left }: Climb): Promise<Climbed> {
  const { bench } = patient;
  const plans = await rung.plans(patient, tree, left);
  if (plans.length === 0) bench.step(`${rung.name}: reaches none of ${left.length} copies`);
  const better: Attempt[] = [];
  for (const plan of plans) {
    const tried = await attempt(bench, tree, plan);
    if (tried.kind === 'failed') {
      if (tried.refusal.kind === 'surroundings') return tried;
      bench.step(`${rung.name}: ${plan.label}: ${tried.refusal.code}: ${tried.refusal.message.split('\n')[0]}`);
      continue;
    }
    const now = leftIn(patient, tried.tree);
    const isBetter = pressure(now) < pressure(left) && !harmsOthers(patient, tree, tried.tree);
    bench.step(
      `${rung.name}: ${plan.label}: ${now.length} of ${left.length} copies left, ${tried.moves.length} folders moved${isBetter ? '' : '; put back'}`,
    );
    if (isBetter) better.push(tried);
    if (isBetter && isOnAim(tried)) break;
  }
  const lowest = Math.min(...better.map((each) => pressureAfter(patient, each)));
  const best = leastMoves(
    bench,
    better.filter((each) => pressureAfter(patient, each) === lowest),
    explains(patient),
  );
  return { kind: 'stands', tree: best?.tree ?? tree };
}

/** Copies weighed by who asks for them, so that winning one of two parents counts. */
function pressure(left: readonly VulnerableCopy[]): number {
  return left.reduce((sum, { parents }) => sum + Math.max(1, parents.length), 0);
}

function pressureAfter(patient: Patient, tried: Attempt): number {
  return tried.kind === 'done' ? pressure(leftIn(patient, tried.tree)) : Number.POSITIVE_INFINITY;
}

/** A repair must not take whoever had a copy that was well down, or to another major version. */
function harmsOthers({ bench: { project }, seed: { advisory } }: Patient, before: Tree, after: Tree): boolean {
  const [old, now] = [lockOf(project, before), lockOf(project, after)];
  const asking = requestersOf(old);
  const well = old.copies.filter(
    (copy) => affectedNames(advisory).includes(copy.name) && valid(copy.version) !== null && !isAffected(advisory, copy.name, copy.version),
  );
  return well.some((copy) =>
    (asking.get(copy.path) ?? []).some(
      ({ from, edge }) => isSame(from, now.nodes.get(from.path)) && worsened(copy, resolve(now, from.path, edge.name)),
    ),
  );
}

type Node = ReturnType<typeof resolve>;

function isSame(before: NonNullable<Node>, after: Node | undefined): boolean {
  return before.kind === 'copy' && after?.kind === 'copy' && before.version === after.version;
}

function worsened({ version }: { readonly version: string }, after: Node): boolean {
  return (
    after?.kind === 'copy' &&
    valid(after.version) !== null &&
    (compare(after.version, version) < 0 || major(after.version) !== major(version))
  );
}

function explains({ bench: { project }, seed: { advisory } }: Patient): {
  readonly packages: readonly string[];
  readonly repairs: readonly string[];
} {
  return { packages: affectedNames(advisory), repairs: matchAdvisory(advisory, lockOf(project, project.base)).map(({ path }) => path) };
}
