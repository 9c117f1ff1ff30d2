import type { Fact } from '../../../../core/evidence/fact.ts';
import { JidokaError } from '../../../../core/base/error.ts';
import { Advisory } from '../../../../core/packet/seed.ts';
import type { Workspace } from '../../../../core/ports/floor.ts';
import { dependencyFacts, vulnerableCopiesFact } from '../../../inspection/facts/index.ts';
import { inScope } from '../../../intake/index.ts';
import { matchAdvisory, readLock, type Lock } from '../../../npm/index.ts';
import type { Job } from '../../job.ts';
import type { Inspected } from './inspected.ts';

/** What the dependency tree says before and after: moves, scripts, engines, deprecations, ages, advisories. */
export async function treeFacts(
  inspected: Inspected,
  job: Job,
  workspace: Workspace,
  packages: readonly string[] = job.packet.scope.packages,
): Promise<readonly Fact[]> {
  const { before, after } = await trees(inspected, workspace);
  const { needs, input } = job;
  const { seed, line } = input;
  const affected = (lock: Lock) => (seed.kind === 'advisory' ? inScope(matchAdvisory(seed.advisory, lock), seed.scope) : []);
  const repairs = affected(before).map((copy) => copy.path);
  const { node } = await needs.floor.probe();
  const { registry, advisories, clock } = needs;
  const pair = { before, after, packages, repairs, locked: inspected.project.lock !== null };
  const { minimumReleaseAgeDays } = line.policy;
  const facts = await dependencyFacts(pair, {
    registry,
    advisories,
    given: await givenAdvisories(job),
    node,
    minimumReleaseAgeDays,
    now: clock.now(),
  });
  if (seed.kind !== 'advisory') return facts;
  return [vulnerableCopiesFact(seed.advisory.id, affected(before), affected(after), await rungOf(job)), ...facts];
}

const emptyTree = '{ "lockfileVersion": 3, "packages": {} }';

/** The lockfile as it was and as the station left it; without one, what npm resolved at either install. */
async function trees({ project, baseline, changedTexts }: Inspected, workspace: Workspace): Promise<{ before: Lock; after: Lock }> {
  const { lock, root, repository } = project;
  if (lock !== null) return { before: lock.lock, after: readLock(changedTexts.get(lock.path) ?? lock.text, { path: lock.path }) };
  const path = repository.directory === '' ? 'node_modules/.package-lock.json' : `${repository.directory}/node_modules/.package-lock.json`;
  const after = await workspace.files.read(path);
  // npm leaves no record of a tree in which nothing is.
  if (after === null && baseline.tree === null) {
    const none = readLock(emptyTree, { path, manifest: root });
    return { before: none, after: none };
  }
  if (after === null)
    throw new JidokaError('workspace-failed', `${path} is missing after the install.`, {
      mend: 'Run npm install in the project and see whether it writes that file.',
    });
  return { before: readLock(baseline.tree ?? emptyTree, { path, manifest: root }), after: readLock(after, { path }) };
}

/** The rung of the ladder that the station says it took; shown, never believed. */
async function rungOf(job: Job): Promise<string> {
  const events = await job.needs.ledger.read(job.run);
  const claims = events.flatMap(({ body }) => (body.type === 'claim.made' ? [body.claim] : []));
  return claims.at(-1)?.code ?? 'unknown';
}

async function givenAdvisories(job: Job): Promise<readonly Advisory[]> {
  const { advisories, seed } = job.input;
  const given = advisories === null ? [] : Advisory.array().parse(JSON.parse(await job.needs.blobs.text(advisories)));
  return seed.kind === 'advisory' ? [seed.advisory, ...given.filter((each) => each.id !== seed.advisory.id)] : given;
}
