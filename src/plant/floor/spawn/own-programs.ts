import type { Clock } from '../../../core/ports/clock.ts';
import type { RunOwnProgram } from '../../../core/ports/floor.ts';
import { runCommand } from './run-command.ts';
import { processViewer } from './see-processes.ts';

/** Runs programs of this host as the factory itself, beside every floor; ended like any command, with all they started. */
export function ownPrograms(clock: Clock): RunOwnProgram {
  const see = processViewer({ user: null, name: '', node: '', npm: '', tools: {}, caveats: [] });
  return ({ cwd, ...program }) =>
    runCommand({ ...program, cwd: '', network: 'none' }, { cwd, user: null, job: 'own-', see, endsWith: null, clock });
}
