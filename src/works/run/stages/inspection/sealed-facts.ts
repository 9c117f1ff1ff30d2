import { fact, type Fact } from '../../../../core/evidence/fact.ts';
import type { Workspace } from '../../../../core/ports/floor.ts';
import { count, listed } from '../../../inspection/facts/index.ts';
import { readPatch, scopeFact } from '../../../inspection/scope/index.ts';
import { applySealed } from '../../../inspection/sealed/index.ts';
import { secretsFact } from '../../../inspection/secrets/index.ts';
import { scanTamper, tamperFact } from '../../../inspection/tamper/index.ts';
import type { Job } from '../../job.ts';
import type { Inspected } from './inspected.ts';

/** What can be said of a change by reading it, and the clean tree with its unprotected part laid over the base. */
export async function sealedFacts(inspected: Inspected, job: Job, workspace: Workspace): Promise<readonly Fact[]> {
  const { change } = inspected;
  const { scope } = job.packet;
  const read = [scopeFact(change, scope), secretsFact(change.patch), await tamper(inspected, job)];
  const { forge } = job.needs;
  const plan = inspected.baselineRuns[0]?.plan ?? null;
  const { withheld } = await applySealed({ forge, repository: scope.repository, workspace, change, sealed: [], plan });
  if (withheld.length === 0) return read;
  const paths = withheld.map(({ path, why }) => `${path} (${why})`);
  const data = { files: change.files.map((file) => file.path), outside: paths };
  return [
    ...read,
    fact(
      'scope',
      'broken',
      'unverified-part',
      `${count(withheld, 'part')} of the change cannot be verified and would be delivered unseen: ${listed(paths)}.`,
      data,
    ),
  ];
}

async function tamper({ change, changedTexts }: Inspected, job: Job): Promise<Fact> {
  const files = readPatch(change.patch);
  const before = new Map<string, string>();
  for (const path of files.map((file) => file.from ?? file.path)) {
    const text = await job.needs.forge.read(job.packet.scope.repository, path);
    if (text !== null) before.set(path, text);
  }
  return tamperFact(scanTamper({ before, after: changedTexts, files }));
}
