import type { GatewayConfig, LineNeeds } from '../config/gateway-config.ts';
import { partsOf, upstreamsOf, type Model } from '../config/model.ts';
import { own, resolveSlot } from '../config/resolve-slot.ts';
import { cutBy, type InForce } from '../config/setting.ts';
import type { Stakes } from './choose-plan.ts';
import type { Needs, Routable } from './eligible.ts';
import type { JobSeen } from './features.ts';
import { expectedCost, expectedValidation, type ExpectedValidation } from './learning/expected-cost.ts';
import { lessonsOf, spendingOf } from './learning/lessons.ts';
import { learnValidator, type Judgements } from './learning/validator.ts';
import type { WorkedAttempt } from './learning/worked-attempts.ts';
import { isLearnedFrom, learnOffsets } from './offsets.ts';
import { priorOf, type Prior, type PriorTables } from './priors.ts';
import type { Place } from './probability.ts';
import { route, type Route, type RouteQuestion } from './route.ts';

/** Names how plans are chosen: what was recorded under another name was chosen otherwise. */
export const policyVersion = '2';

/** What a plan is chosen from for a slot of a run. */
export interface PlanQuestion {
  readonly config: GatewayConfig;
  /** What is taken away at present. */
  readonly cuts: InForce['cuts'];
  readonly priors: PriorTables;
  /** What models came to so far, of the whole factory. */
  readonly attempts: readonly WorkedAttempt[];
  readonly job: JobSeen;
  readonly place: Place;
  readonly slot: string;
  /** Agent that works with it, as public figures name harnesses; null where it is not known. */
  readonly harness: string | null;
  readonly needs: Needs;
  readonly override: RouteQuestion['override'];
  readonly chances: readonly [number, number];
  readonly nowMs: number;
}

/** A route with what its figures come from. */
export interface PlannedRoute extends Route {
  readonly policy: string;
  readonly slot: string;
  /** Attempts that something was learned from. */
  readonly attempts: number;
  readonly sources: Readonly<Record<string, { readonly prior: Prior | null; readonly usd: number | null; readonly from: string }>>;
  /** What the error rates of validation on this line were learned from, and its cost. */
  readonly judged?: Judgements;
  readonly validation?: ExpectedValidation;
}

/** Where nothing is known of a model, it is as likely to be right as not. */
const unknownPrior = 0.5;

/**
 * Chooses the plan of a slot for a run: of the models that may fill the slot, by public figures, by what the factory saw them come to,
 * and by what the line asks for. Pure: the same question has the same answer.
 *
 * @example
 * planRun(question).plan; // ['cheap', 'strong']
 */
export function planRun(question: PlanQuestion): PlannedRoute {
  const { config, attempts, job, place, slot, needs, override, chances, nowMs } = question;
  const named = attempts.flatMap((one): WorkedAttempt[] => {
    const model = modelNamed(one.model, config);
    return model === null ? [] : [{ ...one, model }];
  });
  const known = Object.fromEntries(Object.entries(config.models).map(([name, model]) => [name, knownOf(name, model, question, named)]));
  const resolved = resolveSlot(config, slot)?.models ?? [];
  const models = resolved.flatMap((name) => {
    const [model, figures] = [own(config.models, name), own(known, name)];
    return model === undefined || figures === undefined
      ? []
      : [{ ...routable(name, model, question), usd: figures.usd, prior: figures.prior?.resolved ?? unknownPrior }];
  });
  const lessons = lessonsOf(named, nowMs);
  const offsets = learnOffsets(lessons, (name) => own(known, name)?.prior?.resolved ?? unknownPrior);
  const line = own(config.lines ?? {}, place.line);
  const spending = spendingOf(named);
  const { seen: judged, ...validator } = learnValidator(attempts.filter((one) => one.line === place.line));
  const validation = expectedValidation(attempts, place.line, line?.minuteUsd ?? 0);
  const chosen = route({
    job,
    place,
    models,
    needs,
    offsets,
    validator,
    stakes: { ...stakesOf(line), validation: validation.usd },
    spending,
    isLowRisk: true,
    override,
    chances,
  });
  const learned = { attempts: lessons.filter(isLearnedFrom).length, judged, validation };
  return { ...chosen, policy: policyVersion, slot, ...learned, sources: known };
}

/** What is at stake with a job, by what its owner said of the line. */
export function stakesOf({ quality = 0.6, wrongCap = 0.05, valueUsd = 10 }: LineNeeds = {}): Omit<Stakes, 'validation'> {
  return { value: valueUsd, loss: 2 * valueUsd, person: valueUsd / 2, quality, wrongCap };
}

/** The model here that a station or a plan means: by its name, or by the name that one of its providers has for it. */
function modelNamed(name: string, { models }: GatewayConfig): string | null {
  if (own(models, name) !== undefined) return name;
  const found = Object.entries(models).find(([, model]) => upstreamsOf(model).some(({ at }) => partsOf(at).model === name));
  return found?.[0] ?? null;
}

function knownOf(name: string, model: Model, { priors, harness, place }: PlanQuestion, attempts: readonly WorkedAttempt[]) {
  const prior = priorOf(priors, { model: model.prior ?? name, harness });
  const cost = expectedCost({ model: name, line: place.line, price: model.price, publicUsd: prior?.usd ?? null }, attempts);
  return { prior, usd: cost?.usd ?? null, from: cost?.from ?? 'nobody knows' };
}

function routable(name: string, model: Model, { config, cuts }: Pick<PlanQuestion, 'config' | 'cuts'>): Omit<Routable, 'usd'> {
  const places = upstreamsOf(model).flatMap(({ at }) => {
    const provider = own(config.providers, partsOf(at).provider);
    return provider === undefined || cutBy({ config, cuts }, { model: name, at }) !== null
      ? []
      : [{ vendor: provider.vendor, region: provider.region }];
  });
  return { name, capabilities: model.capabilities, window: model.window, places };
}
