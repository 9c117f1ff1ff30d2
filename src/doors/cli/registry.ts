import type { CommandRecord } from './command.ts';
import { demo } from './commands/demo.ts';
import { doctor } from './commands/doctor.ts';
import { evidence } from './commands/evidence.ts';
import { evidenceVerify } from './commands/evidence-verify.ts';
import { resume } from './commands/resume.ts';
import { runCve } from './commands/run-cve.ts';
import { runDeps } from './commands/run-deps.ts';
import { runs } from './commands/runs.ts';
import { show } from './commands/show.ts';

/** Every command, in the order help shows them. What a command needs beyond itself it loads when it runs. */
export const records: readonly CommandRecord[] = [demo, runDeps, runCve, runs, show, resume, evidence, evidenceVerify, doctor];
