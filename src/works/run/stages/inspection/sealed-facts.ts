import { fact, type Fact } from '../../../../core/evidence/fact.ts';
import type { Workspace } from '../../../../core/ports/floor.ts';
import type { Change } from '../../../../core/ports/forge.ts';
import { count, listed } from '../../../inspection/facts/index.ts';
import { scopeFact } from '../../../inspection/scope/index.ts';
import { applySealed } from '../../../inspection/sealed/index.ts';
import { secretsFact } from '../../../inspection/secrets/index.ts';
import { scanChange, tamperFact, testsOfBase } from '../../../inspection/tamper/index.ts';
import type { Job } from '../../job.ts';
import type { Inspected } from './inspected.ts';
import { approvedFiles } from './read-change.ts';

interface Sealed {
  readonly facts: readonly Fact[];
  /** The tree that is looked at, as a change: with the tests that the factory laid in; null where it laid in none. */
  readonly verified: Change | null;
}

/** What can be said of a change by reading it, and the clean tree with its unprotected part laid over the base. */
export async function sealedFacts(inspected: Inspected, job: Job, workspace: Workspace): Promise<Sealed> {
  const { change, reproduction } = inspected;
  const { scope } = job.packet;
  const base = { forge: job.needs.forge, repository: scope.repository };
  const scan = await scanChange(base, change, inspected.changedTexts, await valuesFor(inspected, job));
  const approved = approvedFiles(scan, job);
  const read = [scopeFact(change, scope), secretsFact(change.patch), tamperFact(scan, approved)];
  const { forge } = job.needs;
  const plan = inspected.baselineRuns[0]?.plan ?? null;
  const edited = [...approved].flatMap((path) => ({ path, content: inspected.changedTexts.get(path) ?? '' }));
  const sealed = [...edited, ...(reproduction?.files ?? [])];
  const applied = await applySealed({ forge, repository: scope.repository, workspace, change, sealed, plan });
  const withheld = applied.withheld.filter(({ path }) => !approved.has(path));
  const verified = reproduction === null ? null : await forge.harvest(scope.repository, workspace);
  if (withheld.length === 0) return { facts: read, verified };
  const paths = withheld.map(({ path, why }) => `${path} (${why})`);
  const data = { files: change.files.map((file) => file.path), outside: paths };
  const why = `${count(withheld, 'part')} of the change cannot be verified and would be delivered unseen: ${listed(paths)}.`;
  return { facts: [...read, fact('scope', 'broken', 'unverified-part', why, data)], verified };
}

/** Where a ticket is mended, the tests of the base and those that the factory keeps tell what a special case answers for. */
async function valuesFor({ reproduction }: Inspected, job: Job): Promise<ReadonlyMap<string, string>> {
  if (reproduction === null) return new Map();
  const kept = reproduction.files.map(({ path, content }) => [path, content] as const);
  return new Map([...(await testsOfBase(job.needs.forge, job.packet.scope.repository)), ...kept]);
}
