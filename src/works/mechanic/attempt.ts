import type { LockMove } from '../../core/evidence/fact.ts';
import { diffLocks, explainMoves, isAnswered, keepShape, keyOf, resolve, type Lock } from '../npm/lock/index.ts';
import { npmOnLock, type Bench, type Refusal } from './bench.ts';
import { forgetCopies } from './forget-copies.ts';
import { layTree, lockOf, type Tree } from './project.ts';

/** One thing to ask of npm, with the files it is to find. */
export interface Errand {
  readonly manifests: Tree['manifests'];
  /** Folders the lockfile is made to forget, so that npm resolves them anew. */
  readonly forget: readonly string[];
  readonly args: readonly string[];
}

/** A way to a new lockfile: errands in order; the manifests of the last are the ones that stay. */
export interface Plan {
  readonly label: string;
  /** Folders it is to move; what else moves is a consequence, or too much. */
  readonly aim: readonly string[];
  readonly errands: readonly [Errand, ...Errand[]];
}

export type Attempt =
  | { readonly kind: 'done'; readonly plan: Plan; readonly tree: Tree; readonly lock: Lock; readonly moves: readonly LockMove[] }
  | { readonly kind: 'failed'; readonly plan: Plan; readonly refusal: Refusal };

/** What a result is measured by. */
export interface Explains {
  readonly packages: readonly string[];
  readonly repairs?: readonly string[];
}

/** Tries a plan from a tree and reads the result. The workspace is left as npm left it: lay a tree before going on. */
export async function attempt(bench: Bench, from: Tree, plan: Plan): Promise<Attempt> {
  const strict = await carryOut(bench, from, { plan, flags: [] });
  if (strict.kind === 'done') return withoutNewConflict(bench, from, strict);
  if (strict.refusal.kind !== 'refused' || strict.refusal.code !== 'peer-conflict') return strict;
  // npm 7 and later refuse what older ones let pass: a conflict that was there before is not this job's.
  const lenient = await carryOut(bench, from, { plan, flags: ['--legacy-peer-deps'] });
  if (lenient.kind === 'failed' || withoutNewConflict(bench, from, lenient).kind === 'failed') return strict;
  if (lenient.lock.lockfileVersion === 1 && !(await conflictsAlready(bench, from))) return strict;
  bench.step(`${plan.label}: with --legacy-peer-deps, for a peer conflict that was there before`);
  return lenient;
}

/** Whether no other copy of the packages it aimed at moved along: then there is no gentler way to look for. */
export function isOnAim({ plan, moves }: Extract<Attempt, { kind: 'done' }>): boolean {
  const names = plan.aim.map(keyOf);
  return moves.every(({ path }) => plan.aim.includes(path) || !names.includes(keyOf(path)));
}

/** The better of two results: fewer moves without an explanation, then fewer moves. */
export function leastMoves(bench: Bench, attempts: readonly Attempt[], explains: Explains): Extract<Attempt, { kind: 'done' }> | null {
  const before = lockOf(bench.project, bench.project.base);
  const measured = attempts.flatMap((each) => {
    if (each.kind === 'failed') return [];
    const { unexplained } = explainMoves(each.moves, { before, after: each.lock, ...explains });
    return [{ each, unexplained: unexplained.length }];
  });
  measured.sort((left, right) => left.unexplained - right.unexplained || left.each.moves.length - right.each.moves.length);
  return measured[0]?.each ?? null;
}

async function carryOut(
  bench: Bench,
  from: Tree,
  { plan, flags }: { readonly plan: Plan; readonly flags: readonly string[] },
): Promise<Attempt> {
  const { workspace, project } = bench;
  let lock = from.lock;
  for (const { manifests, forget, args } of plan.errands) {
    const shown = lock === null || forget.length === 0 ? lock : forgetCopies(lock, forget);
    await layTree(workspace, project, { manifests, lock: shown });
    const version = lock === null ? [] : [`--lockfile-version=${lockOf(project, { manifests, lock }).lockfileVersion}`];
    const refusal = await npmOnLock(bench, [...args, ...version, ...flags]);
    if (refusal !== null) return { kind: 'failed', plan, refusal };
    lock = (await workspace.files.read(project.lockPath)) ?? lock;
  }
  const manifests = plan.errands.at(-1)?.manifests ?? from.manifests;
  const kept = project.base.lock === null || lock === null ? lock : keepShape(project.base.lock, lock);
  const tree = { manifests, lock: kept };
  const after = lockOf(project, tree);
  return { kind: 'done', plan, tree, lock: after, moves: diffLocks(lockOf(project, project.base), after) };
}

/** npm only warns of a peer that a changed range breaks, and then refuses to install from the lockfile it wrote. */
function withoutNewConflict({ project }: Bench, from: Tree, tried: Extract<Attempt, { kind: 'done' }>): Attempt {
  if (project.ignoresPeers) return tried;
  const old = new Set(brokenPeers(lockOf(project, from)));
  const added = brokenPeers(tried.lock).filter((conflict) => !old.has(conflict));
  if (added.length === 0) return tried;
  return {
    kind: 'failed',
    plan: tried.plan,
    refusal: { kind: 'refused', code: 'peer-conflict', message: `${added.join(', ')}, which the result does not give.` },
  };
}

function brokenPeers(lock: Lock): readonly string[] {
  return [...lock.nodes.values()].flatMap(({ path, name, edges }) =>
    edges
      .filter((edge) => edge.kind === 'peer' && !isAnswered(edge, resolve(lock, path, edge.name)))
      .map((edge) => `${name || 'the project'} (${path || 'package.json'}) wants ${edge.name} ${edge.spec} as its peer`),
  );
}

/** Lockfile version 1 says nothing of peers: npm itself is asked whether it takes the tree as it was. */
async function conflictsAlready(bench: Bench, from: Tree): Promise<boolean> {
  await layTree(bench.workspace, bench.project, from);
  const refusal = await npmOnLock(bench, ['install', '--lockfile-version=1']);
  return refusal?.kind === 'refused' && refusal.code === 'peer-conflict';
}
