import { JidokaError } from '../../../base/error.ts';
import { chains } from '../../routing/choose-plan.ts';
import { ratesOf, type Judgements } from '../../routing/learning/validator.ts';
import type { Validator } from '../../routing/plan-odds.ts';
import { knobs, type EvaluationSettings } from '../evaluate.ts';
import { expectedOf, learn, learnedPolicies, type KnownJob, type Learned } from '../learned-policy.ts';
import type { Task } from '../read-outcomes.ts';
import type { Result } from '../replay-plan.ts';
import { splitTasks } from '../split-tasks.ts';
import { calibrationOf, type Calibration } from './calibration.ts';
import { sampleOf, type Sample } from './doubly-robust.ts';
import { judgeLogged, loggedSaving, type JudgedLogged } from './judge-logged.ts';
import { loggedRunsOf, type LoggedRun, type LoggedRuns } from './logged-runs.ts';
import { outlookOf } from './outlook.ts';
import { overlapOf } from './overlap.ts';

/** What a log tells of policies. */
export interface LoggedEvaluation {
  readonly kind: 'logged';
  readonly models: readonly string[];
  readonly runs: {
    readonly chosenOn: number;
    readonly judgedOn: number;
    /** Tasks that the runs to judge on are of. */
    readonly judgedTasks: number;
    readonly leftOut: LoggedRuns['leftOut'];
  };
  /** Static plans that there are, and that the log can speak for: the best is of those. */
  readonly statics: { readonly known: number; readonly all: number };
  readonly settings: EvaluationSettings;
  /** What validation is taken for, and what people said of it. */
  readonly validator: Validator;
  readonly judged: Judgements;
  readonly policies: readonly JudgedLogged[];
  readonly calibration: Calibration | null;
  /** Whether the router is shown to save money against the best static plan without a loss; never where the log cannot speak for it. */
  readonly saving: 'shown' | 'not-shown' | 'cannot-tell';
  readonly sentence: string;
}

/** A plan for each job. */
export type LoggedPolicy = (job: KnownJob) => readonly string[];

/**
 * Holds policies against each other on what a factory logged of its own runs, of which each was given one plan. What is chosen, static
 * plans and the router's knob, is chosen on one half of the tasks by what is expected there; every figure is of the other half. A policy
 * that the log cannot speak for has no figures. Throws `outcomes-invalid` where no run can be judged by.
 *
 * @example
 * evaluateLogged(readOutcomes(text, file), settings).policies.find(({ policy }) => policy === 'router')?.lacks;
 */
export function evaluateLogged(tasks: readonly Task[], settings: EvaluationSettings): LoggedEvaluation {
  const { runs, leftOut, judged } = loggedRunsOf(tasks);
  const validator = ratesOf(judged, settings.assumed.validator);
  const halves = halvesOf(runs, tasks, settings);
  if (halves.chosenOn.length === 0 || halves.judgedOn.length === 0) throw nothingToJudge(runs.length, leftOut);
  // Of what was never tried nothing can be expected.
  const models = [...new Set(halves.chosenOn.flatMap(({ steps }) => steps.map(({ record }) => record.model)))].toSorted();
  const model = directModel(halves.chosenOn, { models, validator, settings });
  const { plans: statics, ...counts } = staticsOf(halves.chosenOn, models, model, settings);
  const named = [
    { policy: 'as-logged', plan: null, take: null },
    ...[alwaysBest(statics), bestOf(statics)].map(({ plan }, at) => ({
      policy: at === 0 ? 'always-best' : 'best-static',
      plan,
      take: (): readonly string[] => plan,
    })),
    { policy: 'router', plan: null, take: routerOf(halves.chosenOn, statics, model, settings) },
  ];
  const judgedTasks = new Set(halves.judgedOn.map(({ task }) => task)).size;
  const policies = judgeLogged(halves.judgedOn, named, { sample: model.sample, settings });
  return {
    kind: 'logged',
    models,
    runs: { chosenOn: halves.chosenOn.length, judgedOn: halves.judgedOn.length, judgedTasks, leftOut },
    statics: counts,
    settings,
    validator,
    judged,
    policies,
    calibration: calibrationOf(tasks.flatMap(({ attempts }) => [...attempts.values()].flat())),
    ...loggedSaving(policies, judgedTasks),
  };
}

function halvesOf(runs: readonly LoggedRun[], tasks: readonly Task[], { seed, splitBy }: EvaluationSettings) {
  const known = new Set(runs.map(({ task }) => task));
  const halves = splitTasks(
    tasks.filter(({ task }) => known.has(task)),
    { seed, by: splitBy },
  );
  const of = (half: readonly Task[]): readonly LoggedRun[] => {
    const names = new Set(half.map(({ task }) => task));
    return runs.filter(({ task }) => names.has(task));
  };
  return { chosenOn: of(halves.chosenOn), judgedOn: of(halves.judgedOn) };
}

function nothingToJudge(runs: number, { sure, unchosen, incomplete }: LoggedRuns['leftOut']): JidokaError {
  const message = `Nothing can be judged: chance had a part in ${runs} runs. Of the others ${sure} had a plan that was sure to be taken, ${unchosen} one that no policy took, and ${incomplete} lack an attempt or its verdict.`;
  return new JidokaError('outcomes-invalid', message, {
    mend: 'Let the factory work on: it tries another plan than the best now and then, as far as a twentieth of its spend allows.',
  });
}

/** What is expected of plans, learned of one half of the runs. */
export interface DirectModel {
  readonly learned: Learned;
  readonly validator: Validator;
  outlook(job: KnownJob, plan: readonly string[]): readonly Result[];
  sample(run: LoggedRun, plan: readonly string[]): Sample;
}

function directModel(
  runs: readonly LoggedRun[],
  {
    models,
    validator,
    settings,
  }: { readonly models: readonly string[]; readonly validator: Validator; readonly settings: EvaluationSettings },
): DirectModel {
  const learned = learn(firstAttempts(runs, models), models);
  const attemptsAt = expectedOf(learned);
  const known = new Map<string, readonly Result[]>();
  const outlook = (job: KnownJob, plan: readonly string[]): readonly Result[] => {
    const attempts = attemptsAt(job);
    const chain = plan.flatMap((name) => attempts.filter(({ model }) => model === name));
    const key = chain.map(({ model, steps }) => `${model} ${steps}`).join(' ');
    const found = known.get(key) ?? outlookOf(chain, validator, settings.assumed.validation);
    known.set(key, found);
    return found;
  };
  return { learned, validator, outlook, sample: (run, plan) => sampleOf(run, plan, outlook(run, plan)) };
}

/** Models that began so many jobs are learned of by those alone: later attempts are made at jobs at which others failed. */
const enoughFirst = 5;

function firstAttempts(runs: readonly LoggedRun[], models: readonly string[]): readonly Task[] {
  const began = (model: string): number => runs.filter(({ plan }) => plan[0] === model).length;
  const rare = new Set(models.filter((model) => began(model) < enoughFirst));
  return runs.map(({ task, line, repository, difficulty, steps }) => {
    const taught = steps.filter(({ record }, at) => at === 0 || rare.has(record.model)).map(({ record }) => record);
    return { task, line, repository, difficulty, attempts: new Map(taught.map((record) => [record.model, [record]])) };
  });
}

interface ExpectedPlan extends Result {
  readonly plan: readonly string[];
}

/** Static plans by what is expected of them, of those that the log can speak for; all where there is none. */
function staticsOf(
  runs: readonly LoggedRun[],
  models: readonly string[],
  model: DirectModel,
  { wrongCap }: EvaluationSettings,
): { readonly plans: readonly ExpectedPlan[]; readonly known: number; readonly all: number } {
  const all = chains(models).map((plan) => ({ plan, ...expectedMean(runs, () => plan, model) }));
  const known = all.filter(
    ({ plan }) =>
      overlapOf(
        runs.map((run) => model.sample(run, plan)),
        toBeSure,
      ).lacks === null,
  );
  const some = known.length > 0 ? known : all;
  const allowed = some.filter(({ wrong }) => wrong <= wrongCap);
  return { plans: allowed.length > 0 ? allowed : some, known: known.length, all: all.length };
}

/** The other half of the log may have a little less of a plan. */
const toBeSure = 1.5;

function expectedMean(runs: readonly LoggedRun[], take: LoggedPolicy, model: DirectModel): Result {
  const sum = { right: 0, wrong: 0, usd: 0 };
  for (const run of runs) {
    const [expected] = model.outlook(run, take(run));
    sum.right += (expected?.right ?? 0) / runs.length;
    sum.wrong += (expected?.wrong ?? 0) / runs.length;
    sum.usd += (expected?.usd ?? 0) / runs.length;
  }
  return sum;
}

/** The best in quality; of those within half a point of it, the cheapest. */
function bestOf(plans: readonly ExpectedPlan[]): ExpectedPlan {
  const most = Math.max(...plans.map(({ right }) => right));
  const [best] = plans.filter(({ right }) => right >= most - 0.005).toSorted((left, right) => left.usd - right.usd);
  return best ?? { plan: [], right: 0, wrong: 0, usd: 0 };
}

function alwaysBest(statics: readonly ExpectedPlan[]): ExpectedPlan {
  const single = statics.filter(({ plan }) => plan.length === 1);
  return bestOf(single.length > 0 ? single : statics);
}

/**
 * The cheapest setting of the knob, or static plan, that is expected to keep 99 % of the quality of the best static plan and to deliver no
 * more that is wrong; of those that the log can speak for, where there are any.
 */
function routerOf(
  runs: readonly LoggedRun[],
  statics: readonly ExpectedPlan[],
  model: DirectModel,
  settings: EvaluationSettings,
): LoggedPolicy {
  const best = bestOf(statics);
  const { wrongCap, assumed } = settings;
  const policyOf = learnedPolicies(model.learned, { wrongCap, assumed: { ...assumed, validator: model.validator } });
  const isSpokenFor = (take: LoggedPolicy): boolean =>
    overlapOf(
      runs.map((run) => model.sample(run, take(run))),
      toBeSure,
    ).lacks === null;
  const tried = knobs.map((knob) => policyOf(knob)).filter(isSpokenFor);
  const fixed = statics.map(
    ({ plan }) =>
      (): readonly string[] =>
        plan,
  );
  const [first] = [...tried, ...fixed]
    .map((take) => ({ take, ...expectedMean(runs, take, model) }))
    .filter(({ right, wrong }) => right >= 0.99 * best.right && wrong <= best.wrong + 0.005)
    .toSorted((left, right) => left.usd - right.usd);
  return first?.take ?? (() => best.plan);
}
