import type { Line } from '../../line/line.ts';

/** What people see of how models are chosen for runs, and of what would become of runs without them. */
export interface RoutingDesk {
  /** Runs that have not ended, newest first. */
  openRuns(): Promise<readonly OwingRun[]>;
}

/** A run that has not ended. */
export interface OwingRun {
  readonly run: string;
  readonly line: string;
  /** Its line with the stages alone that are still to be done; null where the run was begun by a jidoka that kept that elsewhere. */
  readonly owed: Line | null;
}
