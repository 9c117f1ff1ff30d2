import type { LoggedEvaluation } from '../../../../core/gateway/evaluation/logged/evaluate-logged.ts';
import type { Calibration } from '../../../../core/gateway/evaluation/logged/calibration.ts';
import type { JudgedLogged } from '../../../../core/gateway/evaluation/logged/judge-logged.ts';
import type { PolicyOnRecord } from '../../../../core/gateway/evaluation/recorded-routes.ts';
import { inHundredths } from '../../../../core/gateway/evaluation/saving.ts';
import type { Figure } from '../../../../core/gateway/evaluation/bootstrap.ts';
import type { Judgements } from '../../../../core/gateway/routing/learning/validator.ts';
import { type Page, plain } from '../../page.ts';
import { table } from '../../table.ts';
import { inDollars, rangesText } from './numbers.ts';

/** What a log tells of policies, for people. */
export function loggedText(found: LoggedEvaluation, page: Page): string {
  const { paint } = page;
  const { policies, runs, models, validator, judged, settings, sentence, saving, calibration, statics } = found;
  const titles = ['POLICY', 'PLAN', 'COUNTS FOR', 'RIGHT %', 'WRONG %', 'USD A JOB', 'SAVED ON STATIC %', 'SAVED ON BEST MODEL %'];
  const { sure, unchosen, incomplete } = runs.leftOut;
  const unspoken = policies.flatMap(({ policy, lacks }) => (lacks === null ? [] : [paint.yellow(`No figure for ${policy}: ${lacks}`)]));
  return [
    table(
      titles.map((title) => ({ title })),
      policies.map(loggedRow),
      page,
    ),
    ...unspoken,
    '',
    (saving === 'shown' ? paint.green : paint.yellow)(sentence),
    paint.dim(
      `${models.length} models; ${runs.chosenOn} runs to choose on, ${runs.judgedOn} others to judge on. Left out: ${sure} whose plan was sure to be taken, ${unchosen} whose plan no policy took, ${incomplete} not told whole.`,
    ),
    paint.dim(
      `Of ${statics.all} static plans the log can speak for ${statics.known}; the best is of those, and the router's knob is set so that it can speak for it.`,
    ),
    paint.dim(`${validatorText(validator, judged)} Results that nobody judged are taken for right as often.`),
    paint.dim(
      `Each run had one plan: what others come to is estimated by how likely theirs was (doubly robust). Split by ${settings.splitBy}, seed ${settings.seed}. ${rangesText(runs.judgedTasks)}.`,
    ),
    ...(calibration === null ? [] : ['', ...calibrationLines(calibration, page)]),
  ].join('\n');
}

function loggedRow({ policy, plan, effective, figures }: JudgedLogged): string[] {
  const name = plan === null ? (policy === 'router' ? 'by job' : 'as it was') : planText(plan);
  const of = (figure: Figure | null | undefined): string => (figure == null ? '-' : inHundredths(figure));
  const money = figures === null ? '-' : inDollars(figures.usd);
  return [
    policy,
    name,
    effective.toFixed(1),
    of(figures?.right),
    of(figures?.wrong),
    money,
    of(figures?.savedAgainstStatic),
    of(figures?.savedAgainstAlwaysBest),
  ];
}

/** What validation is taken for, and by what. */
export function validatorText(
  { sensitivity, falsePass }: { readonly sensitivity: number; readonly falsePass: number },
  judged: Judgements | undefined,
): string {
  const rates = `Validation passes ${percent(sensitivity)} of right and ${percent(falsePass)} of wrong results`;
  const said = judged === undefined ? 0 : judged.passedRight + judged.passedWrong + judged.refusedRight + judged.refusedWrong;
  if (judged === undefined || said === 0) return `${rates}: assumed, for nobody judged any.`;
  const { passed, passedRight, passedWrong, refused, refusedRight, refusedWrong } = judged;
  return `${rates}: of ${passed} that passed people judged ${passedRight + passedWrong}, ${passedWrong} wrong; of ${refused} that were refused ${refusedRight + refusedWrong}, ${refusedRight} right.`;
}

/** How well the router's chances fit what came. */
function calibrationLines({ attempts, brier, brierOfShare, bins }: Calibration, page: Page): readonly string[] {
  const rows = bins.map(({ from, to, attempts: count, said, came }) => [
    `${percent(from)} to ${percent(to)}`,
    String(count),
    percent(said),
    percent(came),
  ]);
  return [
    table(
      ['CHANCE TOLD', 'FIRST ATTEMPTS', 'ON AVERAGE', 'CAME RIGHT'].map((title) => ({ title })),
      rows,
      page,
    ),
    page.paint.dim(
      `Of ${attempts} chances the Brier score is ${brier.toFixed(3)}; always telling the share that came would have ${brierOfShare.toFixed(3)}.`,
    ),
  ];
}

/** What policies would have taken in recorded runs, for people. */
export function onRecordTable(policies: readonly PolicyOnRecord[], page: Page): string {
  const rows = policies.map(({ policy, plans, right, wrong, usd, worth }) => [
    policy,
    plansText(plans),
    percent(right),
    percent(wrong),
    `$${usd.toFixed(3)}`,
    `${worth < 0 ? '-' : ''}$${Math.abs(worth).toFixed(2)}`,
  ]);
  return table(
    ['POLICY', 'PLAN', 'RIGHT', 'WRONG', 'COST', 'WORTH'].map((title) => ({ title })),
    rows,
    page,
  );
}

function plansText(plans: PolicyOnRecord['plans']): string {
  const texts = [...new Set(plans.map((plan) => (plan === null ? 'none' : planText(plan))))];
  return texts.length === 1 ? (texts[0] ?? '') : `${texts.length} plans by job`;
}

function planText(plan: readonly string[]): string {
  return plan.map(plain).join(' > ');
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
