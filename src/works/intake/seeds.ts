import { prerelease, gt, minVersion, rcompare, valid } from 'semver';
import { JidokaError } from '../../core/base/error.ts';
import { nearest } from '../../core/base/nearest.ts';
import { seedKey, type Sha256 } from '../../core/base/ids.ts';
import type { Line } from '../../core/line/line.ts';
import type {
  Advisory,
  AdvisorySeed,
  DependencyScope,
  DependencySeed,
  DependencySubject,
  RepositorySnapshot,
  UpdatePolicy,
} from '../../core/packet/seed.ts';
import type { Registry } from '../../core/ports/registry.ts';
import { judgeDependency, type Judgement } from './judge-dependency.ts';
import { realName } from './judge-package.ts';
import { usesOf, type Project } from './project.ts';

/** What every seed of a request shares. */
export interface Asked {
  readonly line: Line;
  readonly scope: DependencyScope;
  readonly actor: string;
  /** Node version of the floor. */
  readonly node: string;
  readonly now: string;
}

/** The seeds of `--all`: the in-range group first, then one larger step each; `current` where nothing is outdated. */
export interface Sweep {
  readonly group: readonly DependencySubject[];
  readonly steps: readonly DependencySubject[];
  readonly current: readonly DependencySubject[];
  /** Packages of which the registry told nothing: that nothing is owed for them is not known. */
  readonly unanswered: readonly DependencySubject[];
  /** Packages that only a person can judge. */
  readonly open: readonly DependencySubject[];
  /** Both of them, with the reason. */
  readonly skipped: readonly { readonly name: string; readonly why: string }[];
}

/**
 * Reads `--to`: a version, or how far to go; null leaves it to the newest release.
 *
 * @example
 * readPolicy('minor'); // { kind: 'newest', within: 'minor' }
 */
export function readPolicy(to: string | null): UpdatePolicy {
  if (to === null) return { kind: 'newest', within: 'major' };
  if (to === 'patch' || to === 'minor' || to === 'major') return { kind: 'newest', within: to };
  const version = valid(to);
  if (version !== null) return { kind: 'version', version };
  throw new JidokaError('version-invalid', `"${to}" is neither a version nor patch, minor or major.`, {
    mend: 'Use for example --to 4.17.21 or --to minor.',
  });
}

/** Makes the seed of one named package. Throws `package-unknown` and `version-invalid` for what cannot be meant. */
export async function seedOfPackage(
  project: Project,
  name: string,
  policy: UpdatePolicy,
  asked: Asked,
  registry: Registry,
): Promise<DependencySeed> {
  const answer = await registry.releases(realName(project, name));
  const known =
    usesOf(project, 'all').some((use) => use.name === name) || (project.lock?.lock.copies.some((copy) => copy.name === name) ?? false);
  if (answer.kind === 'absent' && !known) throw unknownPackage(project, name);
  if (answer.kind === 'found' && policy.kind === 'version' && !(policy.version in answer.package.versions))
    throw unknownVersion(name, policy.version, Object.keys(answer.package.versions));
  if (answer.kind === 'found' && policy.kind === 'version')
    refuseStepBack(project, name, policy.version, Object.keys(answer.package.versions));
  const judgement = judgeDependency(project, { name, policy, scope: asked.scope, ...floorOf(asked) }, answer);
  return dependencySeed(project.repository, policy, [subjectOf(name, judgement)], asked);
}

/** A version below all that the project has is a slip of the pen, and no proof that nothing is owed. */
function refuseStepBack(project: Project, name: string, version: string, versions: readonly string[]): void {
  const uses = usesOf(project, 'all').filter((use) => use.name === name);
  const had = uses.flatMap(
    (use) => use.version ?? (use.spec.range === null ? null : minVersion(use.spec.range, { loose: true })?.version) ?? [],
  );
  const [first] = had;
  if (first === undefined || !had.every((each) => valid(each) !== null && gt(each, version))) return;
  const above = versions
    .filter((each) => valid(each) !== null && gt(each, first))
    .sort(rcompare)
    .slice(0, 5);
  const mend = above.length === 0 ? 'There is no newer release.' : `Releases above it are ${above.join(', ')}.`;
  throw new JidokaError('version-invalid', `The project has ${name}@${first}, and ${version} is older: jidoka only goes forward.`, {
    mend,
  });
}

/** Finds what is outdated among the direct dependencies, with the registry asked for several packages at a time. */
export async function sweep(project: Project, policy: UpdatePolicy, asked: Asked, registry: Registry): Promise<Sweep> {
  const names = [...new Set(usesOf(project, asked.scope).map((use) => use.name))].sort();
  const judged = await inBatches(names, 8, async (name) => {
    const answer = await registry.releases(realName(project, name));
    const question = { name, scope: asked.scope, ...floorOf(asked) };
    const inRange = judgeDependency(project, { ...question, policy: { kind: 'newest', within: 'range' } }, answer);
    return { name, inRange, further: judgeDependency(project, { ...question, policy }, answer) };
  });
  const steps = judged.filter(
    ({ inRange, further }) => further.kind === 'go' && (inRange.kind !== 'go' || inRange.target !== further.target),
  );
  return {
    group: judged
      .filter(({ inRange, further }) => inRange.kind === 'go' && further.kind === 'go')
      .map(({ name, inRange }) => subjectOf(name, inRange)),
    steps: steps.map(({ name, further }) => subjectOf(name, further)),
    current: judged
      .filter(({ inRange, further }) => inRange.kind === 'no-op' && further.kind === 'no-op')
      .map(({ name, further }) => subjectOf(name, further)),
    unanswered: judged.filter(({ further }) => further.kind === 'failed').map(({ name, further }) => subjectOf(name, further)),
    open: judged.filter(({ further }) => further.kind === 'question').map(({ name, further }) => subjectOf(name, further)),
    skipped: judged.flatMap(({ name, further }) =>
      further.kind === 'question' || further.kind === 'failed'
        ? [{ name, why: further.kind === 'question' ? further.summary : further.message }]
        : [],
    ),
  };
}

/** Makes a dependency seed of subjects; a group is named by a digest of its members. */
export function dependencySeed(
  repository: RepositorySnapshot,
  policy: UpdatePolicy,
  subjects: readonly DependencySubject[],
  asked: Asked,
  sha256?: Sha256,
): DependencySeed {
  const [only, ...others] = subjects;
  const single = others.length === 0 && only !== undefined;
  const digest = sha256?.(JSON.stringify(subjects)).slice(0, 8) ?? '';
  const key = single ? `${only.name}@${only.target ?? only.from ?? 'none'}` : `in-range-${subjects.length}-${digest}`;
  const common = { line: asked.line.name, key: seedKey([key]), repository, scope: asked.scope, actor: asked.actor, trusted: true };
  return { ...common, kind: 'dependency', policy, subjects: [...subjects] };
}

/** Makes the seed of one advisory. */
export function advisorySeed(repository: RepositorySnapshot, advisory: Advisory, asked: Asked): AdvisorySeed {
  const common = { line: asked.line.name, key: seedKey([advisory.id]), repository, scope: asked.scope, actor: asked.actor, trusted: true };
  return { ...common, kind: 'advisory', advisory };
}

function floorOf({ line, node, now }: Asked): { readonly node: string; readonly now: string; readonly minimumAgeDays: number } {
  return { node, now, minimumAgeDays: line.policy.minimumReleaseAgeDays };
}

function subjectOf(name: string, judgement: Judgement): DependencySubject {
  if (judgement.kind === 'go') return { name, from: judgement.from, target: judgement.target };
  return { name, from: judgement.kind === 'no-op' ? judgement.from : null, target: null };
}

async function inBatches<T, R>(items: readonly T[], size: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += size) results.push(...(await Promise.all(items.slice(at, at + size).map(work))));
  return results;
}

function unknownPackage(project: Project, name: string): JidokaError {
  const names = usesOf(project, 'all').map((use) => use.name);
  const near = nearest(name, names);
  const mend = near === null ? 'Check the spelling, or use --all to see every direct dependency.' : `Did you mean --package ${near}?`;
  return new JidokaError('package-unknown', `Neither ${project.root.path} nor the registry knows a package "${name}".`, { mend });
}

function unknownVersion(name: string, version: string, versions: readonly string[]): JidokaError {
  const known = versions
    .filter((candidate) => valid(candidate) !== null && prerelease(candidate) === null)
    .sort(rcompare)
    .slice(0, 5);
  return new JidokaError('version-invalid', `The registry has no ${name}@${version}.`, {
    mend: `Its newest releases are ${known.join(', ')}.`,
  });
}
