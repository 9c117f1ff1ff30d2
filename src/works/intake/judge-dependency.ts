import { gt, minVersion, satisfies, valid } from 'semver';
import type { DependencyScope, UpdatePolicy } from '../../core/packet/seed.ts';
import type { PackageReleases, RegistryAnswer } from '../../core/ports/registry.ts';
import { chooseRelease, copiesOf } from '../npm/index.ts';
import { usesOf, type Project, type Use } from './project.ts';

/** What is asked of one package, and what the floor and the line admit. */
export interface DependencyQuestion {
  readonly name: string;
  readonly policy: UpdatePolicy;
  readonly scope: DependencyScope;
  /** Node version of the floor. */
  readonly node: string;
  readonly minimumAgeDays: number;
  readonly now: string;
}

/** What the manifest, the lockfile and the registry say to a question; decided before any workspace is made. */
export type Judgement =
  | { readonly kind: 'go'; readonly from: string | null; readonly target: string; readonly attached: readonly string[] }
  | {
      readonly kind: 'no-op';
      readonly rule: string;
      readonly summary: string;
      readonly proof: readonly string[];
      readonly from: string | null;
    }
  | { readonly kind: 'question'; readonly code: string; readonly summary: string; readonly question: string }
  | { readonly kind: 'failed'; readonly class: 'registry' | 'network' | 'timeout'; readonly message: string };

/** Holds one package against manifest, lockfile and registry; pure. */
export function judgeDependency(project: Project, ask: DependencyQuestion, answer: RegistryAnswer): Judgement {
  const all = usesOf(project, 'all').filter((use) => use.name === ask.name);
  const uses = usesOf(project, ask.scope).filter((use) => use.name === ask.name);
  if (all.length === 0) return notDirect(project, ask.name);
  if (uses.length === 0) return outOfScope(ask, all);
  if (project.foreignLock !== null) return foreign(project.foreignLock);
  const foreignUse = uses.find((use) => use.spec.kind !== 'range' && use.spec.kind !== 'tag' && use.spec.kind !== 'alias');
  if (foreignUse !== undefined) return unsupported(foreignUse);
  if (answer.kind === 'failed')
    return { kind: 'failed', class: answer.class, message: `The registry did not tell the releases of ${ask.name}: ${answer.message}` };
  if (answer.kind === 'absent') return absent(ask.name);
  return judgeReleases(project, ask, { uses, releases: answer.package });
}

interface Known {
  readonly uses: readonly Use[];
  readonly releases: PackageReleases;
}

function judgeReleases(project: Project, ask: DependencyQuestion, { uses, releases }: Known): Judgement {
  const from = oldest(uses);
  const range = uses[0]?.spec.range ?? '*';
  const current = from ?? lowestOf(range);
  const { node, minimumAgeDays, now } = ask;
  const { target, leftOut } = chooseRelease({ releases, current, policy: ask.policy }, { node, minimumAgeDays, now, range });
  const seen = [...useLines(uses), registryLine(releases)];
  const left = leftOut.slice(0, 10).map(({ version, why }) => `left out ${ask.name}@${version}: ${why}`);
  const isLatest = from !== null && from === releases.distTags['latest'];
  if (target === null && leftOut.length > 0 && !isLatest)
    return {
      kind: 'no-op',
      rule: 'no-eligible-release',
      summary: `No newer release of ${ask.name} is admitted: ${leftOut[0]?.version ?? ''} ${leftOut[0]?.why ?? ''}.`,
      proof: [...seen, ...left],
      from,
    };
  const isThere = target === null || uses.every((use) => use.version !== null && !gt(target, use.version));
  if (isThere)
    return {
      kind: 'no-op',
      rule: 'already-current',
      summary: `${ask.name} ${from ?? range} is current: ${policyText(ask.policy)} gives nothing newer.`,
      proof: [...seen, ...left],
      from,
    };
  if (project.lock === null && satisfies(target, range)) return admits(ask.name, range, target, seen);
  return { kind: 'go', from, target, attached: [...seen, ...left] };
}

/** The oldest version the uses have, or null where a use has none. */
function oldest(uses: readonly Use[]): string | null {
  const versions = uses.map((use) => use.version).filter((version) => version !== null && valid(version) !== null);
  return versions.reduce<string | null>(
    (least, version) => (least === null || (version !== null && gt(least, version)) ? version : least),
    null,
  );
}

function lowestOf(range: string): string | null {
  return minVersion(range, { loose: true })?.version ?? null;
}

function policyText(policy: UpdatePolicy): string {
  return policy.kind === 'version'
    ? `version ${policy.version}`
    : { range: 'the range', patch: 'a patch step', minor: 'a minor step', major: 'the newest release' }[policy.within];
}

function useLines(uses: readonly Use[]): string[] {
  return uses.map(
    (use) => `${use.manifest} ${use.section}: "${use.name}": "${use.raw}"${use.version === null ? '' : `, locked at ${use.version}`}`,
  );
}

function registryLine({ name, distTags, versions }: PackageReleases): string {
  return `registry: ${name} latest ${distTags['latest'] ?? 'none'}, ${Object.keys(versions).length} releases`;
}

function notDirect(project: Project, name: string): Judgement {
  const copies = project.lock === null ? [] : copiesOf(project.lock.lock, name);
  const manifests = [...project.manifests.values()].map((manifest) => `${manifest.path} does not name ${name}`);
  if (copies.length === 0) {
    const lock = project.lock === null ? [] : [`${project.lock.path} has no copy of ${name} among ${project.lock.lock.copies.length}`];
    return {
      kind: 'no-op',
      rule: 'not-used',
      summary: `The repository does not depend on ${name}.`,
      proof: [...manifests, ...lock],
      from: null,
    };
  }
  const places = copies.map(
    ({ copy, parents }) => `${copy.path} ${copy.version}, asked for by ${parents.map(({ from }) => from.path || 'the project').join(', ')}`,
  );
  return {
    kind: 'no-op',
    rule: 'not-direct',
    summary: `${name} is only a dependency of dependencies here; it moves with its parents.`,
    proof: [...manifests, ...places],
    from: null,
  };
}

function outOfScope(ask: DependencyQuestion, uses: readonly Use[]): Judgement {
  const sections = [...new Set(uses.map((use) => use.section))].join(', ');
  return {
    kind: 'no-op',
    rule: 'out-of-scope',
    summary: `${ask.name} is in ${sections}, outside the asked scope "${ask.scope}".`,
    proof: useLines(uses),
    from: null,
  };
}

function admits(name: string, range: string, target: string, seen: readonly string[]): Judgement {
  return {
    kind: 'no-op',
    rule: 'range-admits-target',
    summary: `Without a lockfile, the range ${range} of ${name} admits ${target}: whoever installs gets it.`,
    proof: [...seen, `${target} satisfies ${range}`],
    from: null,
  };
}

function foreign(lock: string): Judgement {
  return {
    kind: 'question',
    code: 'package-manager-unsupported',
    summary: `${lock} belongs to another package manager than npm.`,
    question: 'Should this project be updated with that package manager by hand?',
  };
}

function unsupported(use: Use): Judgement {
  const summary = `${use.manifest} takes ${use.name} from "${use.raw}" (${use.spec.kind}), which no registry answers.`;
  return {
    kind: 'question',
    code: 'source-unsupported',
    summary,
    question: `Which ${use.spec.kind} reference should ${use.name} move to?`,
  };
}

function absent(name: string): Judgement {
  return {
    kind: 'question',
    code: 'package-not-in-registry',
    summary: `The registry knows no package ${name}, though the manifest names it.`,
    question: 'Is it private, renamed or removed, and which registry has it?',
  };
}
