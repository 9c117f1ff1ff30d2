import type { Sha256 } from '../../core/base/ids.ts';
import type { EventBody } from '../../core/evidence/event.ts';
import type { GatewayConfig } from '../../core/gateway/config/gateway-config.ts';
import type { InForce } from '../../core/gateway/config/setting.ts';
import type { Needs } from '../../core/gateway/routing/eligible.ts';
import { workedAttempts, type WorkedAttempt } from '../../core/gateway/routing/learning/worked-attempts.ts';
import { planRun, type PlannedRoute } from '../../core/gateway/routing/plan-run.ts';
import type { PriorTables } from '../../core/gateway/routing/priors.ts';
import type { Route } from '../../core/gateway/routing/route.ts';
import type { RepositorySnapshot, Seed } from '../../core/packet/seed.ts';
import type { RoutingNeeds } from './needs.ts';
import { jobSeen, wordsOf } from './job-seen.ts';

/** What a plan is to be chosen for, and by which settings. */
export interface RouteOrder {
  readonly run: string;
  readonly line: string;
  readonly seed: Seed;
  readonly stage: string;
  /** Slot that its station asks for, as `auto`. */
  readonly slot: string;
  readonly config: GatewayConfig;
  /** What is taken away at present: a model that is nowhere is not chosen. */
  readonly cuts: InForce['cuts'];
  readonly priors: PriorTables;
  /** What was objected to so far. */
  readonly feedback: readonly string[];
  /** Agent of its station, as public figures name harnesses; null where it is not known. */
  readonly harness: string | null;
  /** US dollars that are left for the run; null where nothing limits them. */
  readonly usdLeft: number | null;
  readonly override: Route['override'];
}

/**
 * Chooses a plan for a slot of a stage, as an event for the ledger of the run: key `route/STAGE`, once for each stage. The two draws that
 * exploration needs are made of the run and the stage, so that whoever begins a step twice chooses the same.
 *
 * @example
 * const { route } = await decideRoute(order, needs); // route.plan: ['cheap', 'strong'], or null where a person must decide
 */
export async function decideRoute(
  order: RouteOrder,
  needs: Pick<RoutingNeeds, 'ledger' | 'forge' | 'clock' | 'sha256'>,
): Promise<Extract<EventBody, { type: 'route.decided' }>> {
  const { run, line, seed, stage, usdLeft, feedback } = order;
  const asked = {
    ...order,
    repository: seed.repository,
    words: [...wordsOf(seed), ...feedback],
    draws: drawsOf(`${run}/${stage}`, needs.sha256),
  };
  return { type: 'route.decided', stage, attempt: 1, route: await chosen({ ...asked, line, needs: { ...agentNeeds, usdLeft } }, needs) };
}

/** What a plan is chosen for, whether a run asks or a person. */
export interface RouteAsk extends Pick<RouteOrder, 'line' | 'slot' | 'config' | 'cuts' | 'priors' | 'harness' | 'override'> {
  readonly repository: RepositorySnapshot;
  readonly words: readonly string[];
  readonly draws: readonly [number, number];
  readonly needs: Needs;
}

/** What an agent needs of a model, whatever its job. */
export const agentNeeds: Needs = { capabilities: ['tools'], prompt: 0, regions: null, notVendors: [], usdLeft: null };

/** Learns from the newest runs of the factory and chooses. */
export async function chosen(
  ask: RouteAsk,
  { ledger, forge, clock }: Pick<RoutingNeeds, 'ledger' | 'forge' | 'clock'>,
): Promise<PlannedRoute> {
  const [attempts, files] = await Promise.all([pastAttempts(ledger), forge.list(ask.repository)]);
  const { config, cuts, priors, slot, harness, needs, override, draws, line, repository, words } = ask;
  return planRun({
    config,
    cuts,
    priors,
    attempts,
    job: jobSeen(words, files),
    place: { line, repository: repository.location },
    slot,
    harness,
    needs,
    override,
    chances: draws,
    nowMs: clock.epochMs(),
  });
}

const runsLearnedFrom = 300;

/** What models came to in the newest runs. */
export async function pastAttempts(ledger: RoutingNeeds['ledger']): Promise<readonly WorkedAttempt[]> {
  const rows = await ledger.runs({ limit: runsLearnedFrom });
  const all = await Promise.all(rows.map(async ({ run }) => workedAttempts(await ledger.read(run))));
  return all.flat();
}

function drawsOf(name: string, sha256: Sha256): readonly [number, number] {
  const digest = sha256(`route/${name}`);
  const draw = (from: number): number => Number.parseInt(digest.slice(from, from + 12), 16) / 2 ** 48;
  return [draw(0), draw(12)];
}
