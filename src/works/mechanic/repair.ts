import { gt, valid } from 'semver';
import type { VulnerableCopy } from '../../core/evidence/fact.ts';
import type { AdvisorySeed } from '../../core/packet/seed.ts';
import type { Registry } from '../../core/ports/registry.ts';
import { affectedNames, isAffected } from '../npm/osv/index.ts';
import { npmOnLock, type Bench } from './bench.ts';
import { climbRung } from './climb.ts';
import { changed, escalate, noOp, refused, type Outcome } from './outcome.ts';
import { leftIn, type Patient } from './patient.ts';
import { layTree, type Tree } from './project.ts';
import { lookupOf, type Lookup } from './reach.ts';
import { rungs } from './rungs.ts';

/** Removes every vulnerable copy of an advisory, each by the lowest rung that reaches it, or says which copies stay and why. */
export async function repairAdvisory(bench: Bench, seed: AdvisorySeed, registry: Registry): Promise<Outcome> {
  const opened = await withLock(bench);
  const { base } = bench.project;
  const { outcome, tree } = 'says' in opened ? { outcome: opened, tree: base } : await repair(opened, seed, registry);
  const kept = outcome.says === 'changed' ? { ...tree, lock: base.lock === null ? null : tree.lock } : base;
  await layTree(bench.workspace, bench.project, kept);
  return outcome;
}

/** Without a lockfile the copies are those of a fresh resolution, which is thrown away again. */
async function withLock(bench: Bench): Promise<Bench | Outcome> {
  const { project, workspace } = bench;
  if (project.base.lock !== null) return bench;
  await workspace.files.remove(project.lockPath);
  const refusal = await npmOnLock(bench, ['install']);
  if (refusal) return refused('npm cannot resolve the project', refusal);
  bench.step('there is no lockfile: looking at what npm resolves today');
  return { ...bench, project: { ...project, base: { ...project.base, lock: await workspace.files.read(project.lockPath) } } };
}

async function repair(bench: Bench, seed: AdvisorySeed, registry: Registry): Promise<{ readonly outcome: Outcome; readonly tree: Tree }> {
  const { lookup, failure } = lookupOf(registry);
  const patient: Patient = { bench, seed, releases: lookup, node: await nodeVersion(bench) };
  let tree = bench.project.base;
  const ended = (outcome: Outcome): { outcome: Outcome; tree: Tree } => ({ outcome, tree });
  const before = leftIn(patient, tree);
  if (before.length === 0)
    return ended(noOp('not-affected', `No copy in the scope "${seed.scope}" is inside the ranges of ${seed.advisory.id}.`));
  bench.step(`${before.length} vulnerable copies: ${before.map(copyText).join('; ')}`);
  for (const rung of rungs) {
    const left = leftIn(patient, tree);
    if (left.length === 0) break;
    const climbed = await climbRung(patient, { rung, tree, left });
    const failed = failure();
    if (failed) return ended({ says: 'failed', code: failed.class, summary: failed.message, failure: failed.class });
    if (climbed.kind === 'failed') return ended(refused(rung.name, climbed.refusal));
    tree = climbed.tree;
  }
  const left = leftIn(patient, tree);
  if (left.length > 0) return ended(await surrender(patient, left));
  return ended(
    changed(
      'repaired',
      `All ${before.length} vulnerable copies of ${affectedNames(seed.advisory).join(', ')} are gone (${seed.advisory.id}).`,
    ),
  );
}

async function surrender({ seed: { advisory }, releases }: Patient, left: readonly VulnerableCopy[]): Promise<Outcome> {
  const list = left.map(copyText).join('; ');
  const fixable = await Promise.all(left.map(async (copy) => await hasFix(advisory, copy, releases)));
  if (!fixable.includes(true))
    return escalate('no-fix', `No newer release is outside the ranges of ${advisory.id}; vulnerable copies left: ${list}.`);
  if (left.every(({ bundled }) => bundled))
    return escalate('bundled', `Vulnerable copies of ${advisory.id} come inside other packages' tarballs: ${list}.`);
  return escalate('no-rung-left', `No rung removes every vulnerable copy of ${advisory.id}; left: ${list}.`);
}

async function hasFix(advisory: AdvisorySeed['advisory'], { name, version }: VulnerableCopy, releases: Lookup): Promise<boolean> {
  const versions = Object.keys((await releases(name))?.versions ?? {});
  return versions.some((each) => valid(each) !== null && gt(each, version) && !isAffected(advisory, name, each));
}

function copyText({ path, version, dev, bundled, parents }: VulnerableCopy): string {
  const marks = [...(dev ? ['dev'] : []), ...(bundled ? ['bundled'] : [])].join(', ');
  return `${path} ${version}${marks && ` (${marks})`}${parents.length > 0 ? ` for ${parents.join(', ')}` : ''}`;
}

async function nodeVersion({ workspace, timeoutMs, signal }: Bench): Promise<string | null> {
  const { stdout } = await workspace.spawn({ argv: ['node', '--version'], cwd: '', timeoutMs, network: 'none', signal });
  return valid(stdout.trim());
}
