import type { GatewayConfig } from '../../gateway/config/gateway-config.ts';
import type { LiveSetting } from '../../gateway/config/setting.ts';
import type { ChosenPlans } from '../../gateway/cutoff/line-use.ts';
import type { PlannedRoute } from '../../gateway/routing/plan-run.ts';
import type { PriorTables } from '../../gateway/routing/priors.ts';
import type { Actor } from '../../gate/answer.ts';
import type { ToldOutcomes } from '../../gateway/evaluation/record-attempts.ts';
import type { Line } from '../../line/line.ts';
import type { Verdict } from '../../verdict/verdict.ts';

/** What people see of how models are chosen for runs, and of what would become of runs without them. */
export interface RoutingDesk {
  /** Runs that have not ended, newest first. */
  openRuns(): Promise<readonly OwingRun[]>;
  /** What operators set on the gateways while they run, in force now. */
  settings(): Promise<readonly LiveSetting[]>;
  /** The plans that were chosen for a run, with all that they were chosen by. Throws `run-unknown`. */
  explain(run: string): Promise<ExplainedRun>;
  /** What would be chosen now for a job; it chooses nothing. Throws `repository-invalid` and what else opening it throws. */
  explainNow(inquiry: RouteInquiry): Promise<PlannedRoute>;
  /** What the attempts of runs that ended came to, oldest first, as docs/OUTCOMES.md describes it. */
  outcomes(filter: OutcomeFilter): Promise<ToldOutcomes>;
  /**
   * Puts on record whether the result of a run was right; what a person says last counts. Throws `run-unknown`, `access-refused` for an
   * agent, and `judgement-refused` for a run that has no result.
   */
  judge(run: string, judgement: Judgement): Promise<JudgedRun>;
}

export interface OutcomeFilter {
  readonly line?: string;
  /** ISO time; attempts before it are left out. */
  readonly since?: string;
}

/** What a person found of the result of a run. */
export interface Judgement {
  readonly right: boolean;
  /** Words for the record, or ''. */
  readonly why: string;
  readonly actor: Actor;
}

export interface JudgedRun {
  readonly run: string;
  readonly verdict: Verdict;
  readonly right: boolean;
  readonly why: string;
  readonly by: string;
  /** False where the same was said before. */
  readonly changed: boolean;
}

/** What is on record of the result of a run, and since when, as an ISO time. */
export interface RunJudged extends Pick<JudgedRun, 'right' | 'why' | 'by'> {
  readonly at: string;
}

/** A run that has not ended. */
export interface OwingRun {
  readonly run: string;
  readonly line: string;
  /** Its line with the stages alone that are still to be done; null where the run was begun by a jidoka that kept that elsewhere. */
  readonly owed: Line | null;
  readonly plans: ChosenPlans;
}

/** What was chosen for a run; nothing where its stations asked for models by name. */
export interface ExplainedRun {
  readonly run: string;
  readonly line: string;
  readonly routes: readonly { readonly stage: string; readonly attempt: number; readonly at: string; readonly route: PlannedRoute }[];
}

/** A job that nobody gave yet. */
export interface RouteInquiry {
  readonly line: string;
  /** Path or URL. */
  readonly repository: string;
  /** What its seed would say. */
  readonly words: readonly string[];
  readonly slot: string;
  readonly config: GatewayConfig;
  readonly priors: PriorTables;
  readonly override: PlannedRoute['override'];
}
