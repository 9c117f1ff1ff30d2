import type { Change } from '../../../../core/ports/forge.ts';
import type { BaselineRecord } from '../../../inspection/tree/index.ts';
import type { KeptReproduction } from '../../../inspection/reproduction/index.ts';
import type { TestRun } from '../../../inspection/runner/index.ts';
import type { Project } from '../../../intake/index.ts';

/** Everything inspection holds a change against. */
export interface Inspected {
  readonly project: Project;
  readonly change: Change;
  /** Texts of the changed files as the station left them, by path. */
  readonly changedTexts: ReadonlyMap<string, string>;
  readonly baseline: BaselineRecord;
  readonly baselineRuns: readonly TestRun[];
  /** The tests that must pass now, as the factory keeps them; null where the line makes none. */
  readonly reproduction: KeptReproduction | null;
}
