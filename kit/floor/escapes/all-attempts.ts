import type { EscapeAttempt } from './attempt.ts';
import { attemptsByGit } from './of-git.ts';
import { attemptsOnEgress } from './of-egress.ts';
import { attemptsOnFiles } from './of-files.ts';
import { attemptsOnKernel } from './of-kernel.ts';
import { attemptsOnLimits } from './of-limits.ts';
import { attemptsOnNetwork } from './of-network.ts';
import { attemptsOnProcesses } from './of-processes.ts';
import { attemptsToStay } from './of-leftovers.ts';

/**
 * Every way out of a workspace that is tried on a floor, group by group. They end what they start and are of bounded size,
 * so that they may be made on a floor that holds nothing.
 */
export function escapeAttempts(): readonly EscapeAttempt[] {
  return [
    ...attemptsOnFiles(),
    ...attemptsOnProcesses(),
    ...attemptsOnNetwork(),
    ...attemptsOnEgress(),
    ...attemptsByGit(),
    ...attemptsOnKernel(),
    ...attemptsToStay(),
    ...attemptsOnLimits(),
  ];
}
