import { surveyProject } from '../../../intake/index.ts';
import type { Job } from '../../job.ts';

/** What the repository has at its base, to tell its own code from that of tests. */
export async function subjectOf({
  packet: { scope },
  needs: { forge },
}: Job): Promise<{ files: ReadonlySet<string>; name: string | null }> {
  const { root } = await surveyProject(scope.repository, forge);
  return { files: new Set(await forge.list(scope.repository)), name: root.name };
}
