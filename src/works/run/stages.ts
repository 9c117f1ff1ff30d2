import type { StageKind } from '../../core/line/line.ts';
import { applicability } from './stages/applicability.ts';
import { change } from './stages/change.ts';
import { command } from './stages/command.ts';
import { gate } from './stages/gate.ts';
import { judgement } from './stages/judgement.ts';
import { runs } from './stages/runs.ts';
import type { StageWorker } from './job.ts';

/**
 * Who does which kind of stage; a new kind is a new entry here and a new file beside the others. What brings parsers with
 * it is loaded with the first such stage: a process that only serves, asks or waits starts without them.
 */
export const stageWorkers: Readonly<Record<StageKind, StageWorker>> = {
  applicability,
  baseline: async (stage, job) => (await import('./stages/baseline.ts')).baseline(stage, job),
  reproduction: async (stage, job) => (await import('./stages/reproduction.ts')).reproduction(stage, job),
  judgement,
  change,
  given: async (stage, job) => (await import('./stages/given.ts')).given(stage, job),
  command,
  inspection: async (stage, job) => (await import('./stages/inspection.ts')).inspection(stage, job),
  gate,
  runs,
  repetition: async (stage, job) => (await import('./stages/repetition.ts')).repetition(stage, job),
  triage: async (stage, job) => (await import('./stages/triage.ts')).triage(stage, job),
};
