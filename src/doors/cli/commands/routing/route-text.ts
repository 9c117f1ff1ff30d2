import type { PolicyOnRecord } from '../../../../core/gateway/evaluation/recorded-routes.ts';
import type { RatedPlan } from '../../../../core/gateway/routing/choose-plan.ts';
import type { PlannedRoute } from '../../../../core/gateway/routing/plan-run.ts';
import type { ExplainedRun } from '../../../../core/ports/factory.ts';
import { facts, type Page, plain } from '../../page.ts';
import { table } from '../../table.ts';
import { onRecordTable, validatorText } from './logged-text.ts';

/** What was chosen for a run, stage by stage, and what other policies would have taken, for people. */
export function explainedRunText({ run, routes }: ExplainedRun, policies: readonly (readonly PolicyOnRecord[])[], page: Page): string {
  if (routes.length === 0) return `No plan was chosen for ${run}: its stations asked for models by name, or for none.`;
  return routes
    .map(({ stage, at, route }, place) => {
      const title = `${page.paint.bold(`Stage ${plain(stage)}`)}  ${page.paint.dim(at)}`;
      return [title, routeText(route, page), '', onRecordTable(policies[place] ?? [], page)].join('\n');
    })
    .join('\n\n');
}

/** A choice with its features, chances, threshold, plan, and what the others would have come to, for people. */
export function routeText(route: PlannedRoute, page: Page): string {
  const { features, difficultyParts, difficulty, stakes, validator, judged, validation } = route;
  const seen = Object.entries(features).map(([name, value]) => {
    const part = difficultyParts[name as keyof typeof features]; // the two have the same names
    return [name, value.toFixed(2), signed(part)];
  });
  return [
    ...facts(head(route), page),
    '',
    table([{ title: 'FEATURE' }, { title: 'VALUE' }, { title: 'ADDS TO DIFFICULTY' }], seen, page),
    `Difficulty ${difficulty.toFixed(2)}, where 0.50 says nothing.`,
    '',
    chancesTable(route, page),
    ...route.excluded.map(({ model, why }) => page.paint.yellow(`Not asked: ${plain(model)}. ${plain(why)}`)),
    `Learned from ${route.attempts} attempts of this factory.`,
    '',
    plansTable(route, page),
    page.paint.dim(
      `Threshold: right in ${percent(stakes.quality)} at least, wrong in ${percent(stakes.wrongCap)} at most. A right result is worth $${stakes.value}, a wrong one costs $${stakes.loss}, a person $${stakes.person}, a validation $${stakes.validation.toFixed(3)}${validationText(validation)}.`,
    ),
    page.paint.dim(validatorText(validator, judged)),
  ].join('\n');
}

function validationText(validation: PlannedRoute['validation']): string {
  if (validation === undefined || validation.minutes === null) return '';
  return ` (${validation.minutes.toFixed(1)} minutes on average of ${validation.seen})`;
}

function head({ slot, plan, because, override, propensity, policy, taken }: PlannedRoute): readonly (readonly [string, string | null])[] {
  const why = {
    worth:
      taken?.lacks === 'quality'
        ? 'it is the likeliest to be right, and no plan is as good as the line asks for'
        : 'it is worth most of those that are good enough',
    explored: 'it was tried to learn from',
    override: `${plain(override?.by ?? '')} chose it`,
    'nothing-fits': 'no plan is good enough: a person decides',
  };
  return [
    ['slot', plain(slot)],
    ['plan', plan === null ? 'none' : plan.map(plain).join(' > ')],
    ['because', why[because]],
    ['propensity', propensity === null ? null : String(propensity)],
    ['policy', `version ${policy}`],
  ];
}

function chancesTable({ chances, sources }: PlannedRoute, page: Page): string {
  const rows = Object.entries(chances).map(([model, { prior, model: own, line, repository, difficulty, solves }]) => {
    const source = sources[model];
    const from = source?.prior == null ? 'nothing known' : `${source.prior.model}, ${source.prior.benchmark}`;
    const usd = source?.usd == null ? '?' : `$${source.usd.toFixed(3)}`;
    return [
      plain(model),
      percent(solves),
      percent(prior),
      ...[own, line, repository, difficulty].map(signed),
      usd,
      source?.from ?? '',
      plain(from),
    ];
  });
  const titles = ['MODEL', 'RIGHT', 'PRIOR', 'OF MODEL', 'OF LINE', 'OF REPOSITORY', 'OF DIFFICULTY', 'ATTEMPT', 'PRICE BY', 'PRIOR FROM'];
  return table(
    titles.map((title) => ({ title })),
    rows,
    page,
  );
}

function plansTable({ taken, others }: PlannedRoute, page: Page): string {
  const lacks = { quality: 'right too seldom', 'too-many-wrong': 'wrong too often' };
  const rowOf = ({ models, odds, worth, lacks: lack }: RatedPlan, mark: string): string[] => [
    mark,
    models.map(plain).join(' > '),
    percent(odds.right),
    percent(odds.wrong),
    percent(odds.none),
    `$${odds.usd.toFixed(3)}`,
    `${worth < 0 ? '-' : ''}$${Math.abs(worth).toFixed(2)}`,
    lack === null ? '' : lacks[lack],
  ];
  const titles = ['', 'PLAN', 'RIGHT', 'WRONG', 'TO A PERSON', 'COST', 'WORTH', 'LACKS'];
  const rows = [...(taken === null ? [] : [rowOf(taken, '*')]), ...others.map((plan) => rowOf(plan, ''))];
  return table(
    titles.map((title) => ({ title })),
    rows,
    page,
  );
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function signed(value: number): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(2)}`;
}
