import { canaryFor, type Canary, type TestPlan } from '../../inspection/runner/index.ts';
import type { Job } from '../job.ts';

/** The test that must fail, for this run: it loads what the suite loads and the packages the job is about. Its name is not to be guessed. */
export function canaryOf(plan: TestPlan, job: Job): Canary {
  const token = `canary-${job.needs.sha256(`${job.run}${job.needs.engine.executor}${job.needs.clock.now()}`).slice(0, 8)}`;
  return canaryFor(plan, { packages: [...job.packet.scope.packages], token });
}
