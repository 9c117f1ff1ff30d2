import type { VulnerableCopy } from '../../core/evidence/fact.ts';
import type { Advisory, DependencyScope } from '../../core/packet/seed.ts';
import { matchAdvisory } from '../npm/index.ts';
import type { Judgement } from './judge-dependency.ts';
import type { Project } from './project.ts';

type AdvisoryJudgement = Exclude<Judgement, { kind: 'go' }> | { readonly kind: 'go'; readonly attached: readonly string[] };

/** Holds an advisory against the lockfile at the base commit; pure. Without a lockfile the tree is only known once installed. */
export function judgeAdvisory(project: Project, advisory: Advisory, scope: DependencyScope): AdvisoryJudgement {
  const names = npmNames(advisory);
  if (advisory.withdrawn !== undefined)
    return noOp('advisory-withdrawn', `${advisory.id} was withdrawn on ${advisory.withdrawn}.`, [`withdrawn: ${advisory.withdrawn}`]);
  if (names.length === 0)
    return noOp(
      'other-ecosystem',
      `${advisory.id} is not about npm packages.`,
      advisory.affected.map(({ package: { ecosystem, name } }) => `${ecosystem}: ${name}`),
    );
  if (project.foreignLock !== null)
    return {
      kind: 'question',
      code: 'package-manager-unsupported',
      summary: `${project.foreignLock} belongs to another package manager than npm.`,
      question: 'Should this project be mended with that package manager by hand?',
    };
  if (project.lock === null) return { kind: 'go', attached: ['no lockfile: copies are looked for in the installed tree'] };
  const { lock, path } = project.lock;
  const copies = lock.copies.filter((copy) => names.includes(copy.name));
  if (copies.length === 0)
    return noOp('package-absent', `No copy of ${names.join(', ')} is in the dependency tree.`, [
      `${path} has no copy of ${names.join(', ')} among ${lock.copies.length}`,
    ]);
  const affected = matchAdvisory(advisory, lock);
  if (affected.length === 0)
    return noOp(
      'not-affected',
      `${copies.length === 1 ? 'The only copy' : `Every one of ${copies.length} copies`} of ${names.join(', ')} is outside the ranges of ${advisory.id}.`,
      copies.map((copy) => `${copy.path} ${copy.version} is outside the ranges`),
    );
  if (inScope(affected, scope).length > 0) return { kind: 'go', attached: affected.map(copyText) };
  const rule = scope === 'prod' ? 'dev-only' : 'out-of-scope';
  return noOp(rule, `All ${affected.length} affected copies are outside the asked scope "${scope}".`, affected.map(copyText));
}

/** The copies a scope asks about. */
export function inScope(copies: readonly VulnerableCopy[], scope: DependencyScope): readonly VulnerableCopy[] {
  return copies.filter((copy) => scope === 'all' || copy.dev === (scope === 'dev'));
}

/** Names of the npm packages of an advisory. */
function npmNames(advisory: Advisory): readonly string[] {
  return [...new Set(advisory.affected.filter((entry) => entry.package.ecosystem === 'npm').map((entry) => entry.package.name))];
}

function copyText({ path, version, dev, bundled, parents }: VulnerableCopy): string {
  const marks = [dev ? 'dev' : 'prod', ...(bundled ? ['bundled'] : [])].join(', ');
  return `${path} ${version} (${marks}), asked for by ${parents.length === 0 ? 'nobody' : parents.join(', ')}`;
}

function noOp(rule: string, summary: string, proof: readonly string[]): AdvisoryJudgement {
  return { kind: 'no-op', rule, summary, proof, from: null };
}
