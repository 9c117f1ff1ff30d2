import { canaryFor, type Canary, type TestPlan } from '../../inspection/runner/index.ts';
import type { Project } from '../../intake/index.ts';
import type { Job } from '../job.ts';

/** The test that must fail, for this run: it loads the project and the packages the job is about. Its name is not to be guessed. */
export function canaryOf(plan: TestPlan, project: Project, job: Job): Canary {
  const token = `canary-${job.needs.sha256(`${job.run}${job.needs.executor}${job.needs.clock.now()}`).slice(0, 8)}`;
  return canaryFor(plan, { files: entriesOf(project), packages: [...job.packet.scope.packages], token });
}

/** Files that loading the project would load, as far as its manifest names them. */
function entriesOf({ root }: Project): readonly string[] {
  const named: string[] = [];
  const collect = (value: unknown): void => {
    if (typeof value === 'string' && /(?<!\.d)\.[cm]?[jt]sx?$/.test(value) && !value.includes('*')) named.push(value);
    if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect);
  };
  collect(root.exports);
  if (named.length === 0) named.push(root.main ?? 'index.js');
  return [...new Set(named.map((path) => path.replace(/^\.\//, '')))].slice(0, 10);
}
