import { JidokaError } from '../../src/core/base/error.ts';
import { parseRunId } from '../../src/core/base/ids.ts';
import { planRun, type PlannedRoute } from '../../src/core/gateway/routing/plan-run.ts';
import { recordsOf, type ToldOutcomes } from '../../src/core/gateway/evaluation/record-attempts.ts';
import { workedAttempts } from '../../src/core/gateway/routing/learning/worked-attempts.ts';
import { lastJudged } from '../../src/core/gate/last-judged.ts';
import { find } from '../../src/core/evidence/run-result.ts';
import type {
  ExplainedRun,
  JudgedRun,
  Judgement,
  OutcomeFilter,
  OwingRun,
  RouteInquiry,
  RoutingDesk,
} from '../../src/core/ports/factory.ts';
import type { LiveSetting } from '../../src/core/gateway/config/setting.ts';
import type { Ledger } from '../../src/core/ports/ledger.ts';
import { sha256 } from '../evidence/index.ts';
import { mustBePerson } from './memory-operations.ts';

/** What there is at present: runs that have not ended, and what is set on gateways. */
export interface Standing {
  readonly owing?: readonly OwingRun[];
  readonly settings?: readonly LiveSetting[];
}

/** Routes for doors: those that a ledger has, and what the rules choose for a repository of one file where nothing was learned. */
export class MemoryRouting implements RoutingDesk {
  readonly #owing: readonly OwingRun[];
  readonly #settings: readonly LiveSetting[];
  readonly #ledger: Ledger;

  constructor({ owing = [], settings = [] }: Standing, ledger: Ledger) {
    this.#owing = owing;
    this.#settings = settings;
    this.#ledger = ledger;
  }

  async settings(): Promise<readonly LiveSetting[]> {
    return this.#settings;
  }

  async openRuns(): Promise<readonly OwingRun[]> {
    return this.#owing;
  }

  async explain(run: string): Promise<ExplainedRun> {
    const events = await this.#ledger.read(parseRunId(run));
    if (events.length === 0) throw new JidokaError('run-unknown', `No run ${run} is in the ledger.`, { mend: 'See `jidoka runs`.' });
    const routes = events.flatMap(({ at, body }) => (body.type === 'route.decided' ? [{ ...body, at }] : []));
    return { run, line: '', routes: routes.map(({ stage, attempt, at, route }) => ({ stage, attempt, at, route })) };
  }

  async explainNow({ line, repository, words, slot, config, priors, override }: RouteInquiry): Promise<PlannedRoute> {
    const job = { messages: words, toolCalls: [], repository: { files: 1, languages: {} } };
    const needs = { capabilities: ['tools'] as const, prompt: 0, regions: null, notVendors: [], usdLeft: null };
    const known = { config, cuts: [], priors, slot, override, job, needs, place: { line, repository }, harness: null };
    return planRun({ ...known, attempts: [], chances: [0.999, 0.999], nowMs: 0 });
  }

  async outcomes({ line, since = '' }: OutcomeFilter): Promise<ToldOutcomes> {
    const rows = await this.#ledger.runs(line === undefined ? {} : { line });
    const attempts = await Promise.all(rows.toReversed().map(async ({ run }) => workedAttempts(await this.#ledger.read(run))));
    return recordsOf(
      attempts.flat().filter(({ at }) => at >= since),
      sha256,
    );
  }

  async judge(run: string, { right, why, actor }: Judgement): Promise<JudgedRun> {
    mustBePerson(actor, 'say whether a result is right');
    const events = await this.#ledger.read(parseRunId(run));
    if (events.length === 0) throw new JidokaError('run-unknown', `No run ${run} is in the ledger.`, { mend: 'See `jidoka runs`.' });
    const verdict = find(events, 'run.ended')?.verdict;
    if (verdict === undefined || verdict === 'RETRYABLE_FAILURE')
      throw new JidokaError('judgement-refused', `Run ${run} has no result.`, { mend: 'Wait for it.' });
    const judged = { run, verdict, right, why, by: actor.name };
    const before = lastJudged(events);
    if (before?.right === right && before.why === why && before.by === actor.name) return { ...judged, changed: false };
    const body = { type: 'outcome.judged', right, why, by: actor.name } as const;
    await this.#ledger.append(parseRunId(run), [
      { key: `outcome/${events.length}`, at: '2026-01-01T00:00:00.000Z', actor: actor.name, body },
    ]);
    return { ...judged, changed: true };
  }
}
