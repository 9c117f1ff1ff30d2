import type { StageKind } from '../../core/line/line.ts';
import { applicability } from './stages/applicability.ts';
import { baseline } from './stages/baseline.ts';
import { change } from './stages/change.ts';
import { command } from './stages/command.ts';
import { gate } from './stages/gate.ts';
import { inspection } from './stages/inspection.ts';
import { runs } from './stages/runs.ts';
import type { StageWorker } from './job.ts';

/** Who does which kind of stage; a new kind is a new entry here and a new file beside the others. */
export const stageWorkers: Readonly<Record<StageKind, StageWorker>> = { applicability, baseline, change, command, inspection, gate, runs };
