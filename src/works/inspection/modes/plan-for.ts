import { assertNever } from '../../../core/base/assert-never.ts';
import type { RepetitionMode } from '../../../core/line/repetition.ts';
import type { TestPlan } from '../runner/index.ts';
import { besides, besidesFile, besidesProgram } from './besides.ts';
import { dateFile, dateProgram, datesAfter } from './dates.ts';
import { narrowToFile, narrowToTest } from './narrow.ts';
import { none, usual, type Circumstances, type ModePlan } from './mode-plan.ts';
import { shuffle } from './shuffle.ts';

/**
 * Makes of the factory's plan of a suite the one of a mode: other arguments, another environment, other company. Pure.
 *
 * @example
 * planFor('zone', plan, circumstances); // with TZ=Pacific/Kiritimati in its environment, the first time
 */
export function planFor(mode: RepetitionMode, plan: TestPlan, circumstances: Circumstances): ModePlan {
  const { target, copy } = circumstances;
  switch (mode) {
    case 'suite':
      return usual(plan);
    case 'file':
      return target === null ? none('no test is named') : narrowToFile(plan, target.file);
    case 'alone':
      return target === null ? none('no test is named') : narrowToTest(plan, target);
    case 'shuffled':
      return shuffle(plan, circumstances);
    case 'load':
      return within(plan, circumstances, (inner) => beside(inner, { busy: 2, copy: null }));
    case 'parallel':
      return copy === null ? none('no second copy was made') : within(plan, circumstances, (inner) => beside(inner, { busy: 0, copy }));
    case 'zone':
      return within(plan, circumstances, (inner) => inZone(inner, circumstances.run));
    case 'date':
      return plan.runner === 'jest'
        ? none('jest gives each test file a clock of its own')
        : within(plan, circumstances, (inner) => onDate(inner, circumstances));
    default:
      return assertNever(mode);
  }
}

/** The file of the test where one is named, else the suite. */
function within(plan: TestPlan, { target }: Circumstances, make: (inner: TestPlan) => ModePlan): ModePlan {
  const narrow = target === null ? null : narrowToFile(plan, target.file);
  return make(narrow?.kind === 'plan' ? narrow.plan : plan);
}

function beside(plan: TestPlan, order: Parameters<typeof besides>[1]): ModePlan {
  return { kind: 'plan', plan: besides(plan, order), laidIn: { [besidesFile]: besidesProgram }, variation: '', recurs: false };
}

const zones = [
  { TZ: 'Pacific/Kiritimati' },
  { LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
  { TZ: 'America/Los_Angeles' },
  { LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' },
  { TZ: 'Asia/Kathmandu' },
  { LANG: 'C', LC_ALL: 'C' },
] as const;

function inZone(plan: TestPlan, run: number): ModePlan {
  const zone = zones[(run - 1) % zones.length] ?? zones[0];
  const [name, value] = Object.entries(zone)[0] ?? ['', ''];
  return { kind: 'plan', plan: { ...plan, env: { ...plan.env, ...zone } }, laidIn: {}, variation: `${name}=${value}`, recurs: true };
}

function onDate(plan: TestPlan, { run, now, project }: Circumstances): ModePlan {
  const dates = datesAfter(now);
  const date = dates[(run - 1) % dates.length] ?? now;
  const load = `--require ${JSON.stringify(`${project}/${dateFile}`)}`;
  const env = {
    ...plan.env,
    NODE_OPTIONS: [plan.env['NODE_OPTIONS'], load].filter((part) => part !== undefined).join(' '),
    JIDOKA_DATE_SHIFT_MS: String(Date.parse(date) - Date.parse(now)),
  };
  return { kind: 'plan', plan: { ...plan, env }, laidIn: { [dateFile]: dateProgram }, variation: date, recurs: true };
}
