import type { Service } from '../../core/ports/engine.ts';

/** Who does the steps of the runs that this process asks for, where no worker lives that would. */
export interface Crew {
  /** Starts with the first run that nobody else takes up; null where this process is itself a worker. */
  service(): Service | null;
}
