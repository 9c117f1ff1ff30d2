import type { Known } from '../../../assignment/index.ts';
import { blobOf, type Job } from '../../job.ts';

/** What the stages before left for stations to know: the part of the reproduction that is shown, and the plan. */
export async function knownSoFar(job: Job): Promise<Pick<Known, 'reproduction' | 'plan'>> {
  const { blobs } = job.needs;
  const [kept, plan] = [blobOf(job, 'reproduction'), blobOf(job, 'plan')];
  const steps = plan === null ? [] : (JSON.parse(await blobs.text(plan.sha256)) as readonly string[]); // written by the stage of the plan
  if (kept === null) return { reproduction: null, plan: steps };
  const { readReproduction, shownFiles } = await import('../../../inspection/reproduction/index.ts'); // parsers come with it
  const reproduction = readReproduction(await blobs.text(kept.sha256));
  const { directory } = job.packet.scope.repository;
  return { reproduction: { files: shownFiles(reproduction, directory), tests: reproduction.shown }, plan: steps };
}
