import type { DependencySeed } from '../../core/packet/seed.ts';
import { explainMoves, resolve, type Lock } from '../npm/lock/index.ts';
import { directDependencies, raiseSpec, readManifest, setRange, type DirectDependency } from '../npm/manifest/index.ts';
import { attempt, isOnAim, leastMoves, type Attempt, type Plan } from './attempt.ts';
import type { Bench } from './bench.ts';
import { changed, escalate, noOp, refused, type Outcome } from './outcome.ts';
import { layTree, lockOf, placeOf, type Tree } from './project.ts';

/** A direct dependency that the job moves, and where it is named. */
interface Use extends DirectDependency {
  readonly path: string;
  readonly target: string;
}

/** Moves the packages of a seed to their targets, all in one go, and as little else as npm can be brought to. */
export async function updateDependencies(bench: Bench, seed: DependencySeed): Promise<Outcome> {
  const { project, workspace } = bench;
  const uses = usesOf(bench, seed);
  if (uses.length === 0)
    return noOp('not-used', `No manifest names ${seed.subjects.map(({ name }) => name).join(', ')} in the scope "${seed.scope}".`);
  const manifests = edited(project.base.manifests, uses, ({ raw, target }) => raiseSpec(raw, target));
  for (const { path, name, raw, target } of uses) bench.step(`${path}: ${name} ${rangeText(raw, raiseSpec(raw, target))} for ${target}`);
  if (project.base.lock === null) {
    const isSame = uses.every(({ raw, target }) => raiseSpec(raw, target) === raw);
    if (isSame) return noOp('range-admits-target', `There is no lockfile, and the ranges admit ${targetsOf(uses)} as they are.`);
    await layTree(workspace, project, { manifests, lock: null });
    return changed('raised', `Raised the manifest to ${targetsOf(uses)}; there is no lockfile.`);
  }
  return await moveLock(bench, uses, manifests);
}

function usesOf({ project }: Bench, seed: DependencySeed): readonly Use[] {
  const targets = new Map(seed.subjects.flatMap(({ name, target }) => (target === null ? [] : [[name, target] as const])));
  return project.own.flatMap((path) =>
    directDependencies(readManifest(project.base.manifests.get(path) ?? '{}', path), seed.scope).flatMap((dependency) => {
      const target = targets.get(dependency.name);
      return target === undefined || dependency.spec.range === null ? [] : [{ ...dependency, path, target }];
    }),
  );
}

async function moveLock(bench: Bench, uses: readonly Use[], manifests: Tree['manifests']): Promise<Outcome> {
  const { project, workspace } = bench;
  const tried: Attempt[] = [];
  for (const plan of plansFor(bench, uses, manifests)) {
    const result = await attempt(bench, project.base, plan);
    tried.push(result);
    bench.step(`${plan.label}: ${describe(bench, uses, result)}`);
    if (result.kind === 'failed' && result.refusal.kind === 'surroundings')
      return await restored(bench, refused(plan.label, result.refusal));
    if (result.kind === 'done' && missed(bench, uses, result.lock).length === 0 && isOnAim(result)) break;
  }
  const landed = tried.filter((each) => each.kind === 'done' && missed(bench, uses, each.lock).length === 0);
  const best = leastMoves(bench, landed, { packages: namesOf(uses) });
  if (best === null) return await restored(bench, notLanded(bench, uses, tried));
  await layTree(workspace, project, best.tree);
  const others = best.moves.length - best.moves.filter(({ path, name }) => isSubject(uses, path, name)).length;
  return changed(
    'bumped',
    `Moved to ${targetsOf(uses)} (${best.plan.label}); ${best.moves.length} folders moved in the lockfile, ${others} of them of other packages.`,
  );
}

/** The gentle way leaves the choice to npm; the precise one names the versions, then takes the names away again. */
function plansFor({ project }: Bench, uses: readonly Use[], manifests: Tree['manifests']): readonly Plan[] {
  const lock = lockOf(project, project.base);
  const aim = uses.map(({ path, name }) => resolve(lock, placeOf(project, path), name)?.path ?? `node_modules/${name}`);
  const inRange = uses.filter(({ raw, target }) => raiseSpec(raw, target) === raw);
  const names = [...new Set(inRange.map(({ name }) => name))];
  const args = names.length > 0 ? ['update', ...names] : ['install'];
  const pinned = edited(project.base.manifests, uses, ({ spec, target }) =>
    spec.kind === 'alias' ? `npm:${spec.package}@${target}` : target,
  );
  return [
    { label: `npm ${args.join(' ')}`, aim, errands: [{ manifests, forget: [], args }] },
    {
      label: 'npm install of the exact versions, then of the ranges',
      aim,
      errands: [
        { manifests: pinned, forget: [], args: ['install'] },
        { manifests, forget: [], args: ['install'] },
      ],
    },
  ];
}

function edited(manifests: Tree['manifests'], uses: readonly Use[], specOf: (use: Use) => string): Tree['manifests'] {
  const texts = new Map(manifests);
  for (const use of uses) texts.set(use.path, setRange(texts.get(use.path) ?? '{}', use, specOf(use)));
  return texts;
}

function describe(bench: Bench, uses: readonly Use[], result: Attempt): string {
  if (result.kind === 'failed') return result.refusal.message.split('\n')[0] ?? '';
  const before = lockOf(bench.project, bench.project.base);
  const { unexplained } = explainMoves(result.moves, { before, after: result.lock, packages: namesOf(uses) });
  const gaps = missed(bench, uses, result.lock);
  return [`${result.moves.length} folders moved`, `${unexplained.length} unexplained`, ...gaps].join(', ');
}

/** Uses that a lockfile does not give their target, in words. */
function missed({ project }: Bench, uses: readonly Use[], lock: Lock): readonly string[] {
  return uses.flatMap(({ path, name, target }) => {
    const node = resolve(lock, placeOf(project, path), name);
    const has = node?.kind === 'copy' ? node.version : 'no copy';
    return has === target ? [] : [`${name} is ${has}, not ${target}`];
  });
}

function notLanded(bench: Bench, uses: readonly Use[], tried: readonly Attempt[]): Outcome {
  const refusal = tried.find((each) => each.kind === 'failed');
  if (refusal) return refused(`npm refuses ${targetsOf(uses)}`, refusal.refusal);
  const gaps = tried.flatMap((each) => (each.kind === 'done' ? missed(bench, uses, each.lock) : []));
  return escalate('target-not-reached', `npm does not resolve to what was asked: ${[...new Set(gaps)].join(', ')}.`);
}

async function restored({ workspace, project }: Bench, outcome: Outcome): Promise<Outcome> {
  await layTree(workspace, project, project.base);
  return outcome;
}

function isSubject(uses: readonly Use[], path: string, name: string): boolean {
  return uses.some((use) => use.spec.package === name || path.endsWith(`node_modules/${use.name}`));
}

function namesOf(uses: readonly Use[]): readonly string[] {
  return [...new Set(uses.flatMap(({ name, spec }) => [name, spec.package]))];
}

function targetsOf(uses: readonly Use[]): string {
  return [...new Set(uses.map(({ name, target }) => `${name} ${target}`))].join(', ');
}

function rangeText(before: string, after: string): string {
  return before === after ? `keeps ${before}` : `${before} -> ${after}`;
}
