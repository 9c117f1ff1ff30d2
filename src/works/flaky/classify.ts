import type { FlakeClass, ModeRate } from '../../core/evidence/fact.ts';
import type { RepetitionMode } from '../../core/line/repetition.ts';
import { chanceOfMore, percent, rateInterval } from '../../core/statistics/rate.ts';
import { testIn, type Tally, type TestTally } from './tally.ts';

export interface Classified {
  readonly class: FlakeClass;
  readonly why: string;
  readonly rates: readonly ModeRate[];
}

/** Two samples differ where chance alone would bring that about less often than this. */
const unlikely = 0.005;

/** Fewer failures than this tell nothing of their cause. */
const leastFailures = 3;

/**
 * Names what a test's outcome depends on, by the modes in which it fails more often than elsewhere. The first rule that
 * holds decides: what messages say of the surroundings, ports, time, order, load; failures that no mode changes are random.
 *
 * @example
 * classify('a.test.js > adds', [suite, alone]).class; // 'order': fails alone and never in the suite
 */
export function classify(id: string, tallies: readonly Tally[]): Classified {
  const seen = new Map(tallies.flatMap((tally) => seenIn(tally, id)));
  const rates = [...seen.values()].map(({ rate }) => rate);
  const found = rules.map((rule) => rule(seen)).find((cause) => cause !== null);
  return { ...(found ?? leftOver(rates)), rates };
}

interface Seen {
  readonly scope: Tally['scope'];
  readonly test: TestTally;
  readonly rate: ModeRate;
}

type BySeen = ReadonlyMap<RepetitionMode, Seen>;
type Cause = Pick<Classified, 'class' | 'why'>;

function seenIn(tally: Tally, id: string): readonly (readonly [RepetitionMode, Seen])[] {
  const test = testIn(tally, id);
  if (test === null || test.runs === 0) return [];
  const { mode, scope } = tally;
  const { runs, failures, first } = test;
  const told = first === null ? null : { message: first.message, variation: first.variation, log: first.log.sha256 };
  return [[mode, { scope, test, rate: { mode, failures, runs, ...rateInterval(failures, runs), first: told } }]];
}

const rules: readonly ((seen: BySeen) => Cause | null)[] = [surroundings, ports, time, order, load];

/** What the floor or the machine keeps from it: no network, a program that is not there. */
const kept = /\b(?:ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|getaddrinfo)\b|\bspawn \S+ ENOENT\b/;

function surroundings(seen: BySeen): Cause | null {
  const failed = [...seen.values()].flatMap(({ rate }) => rate.first ?? []);
  const [first] = failed;
  if (first === undefined || !failed.every(({ message }) => kept.test(message))) return null;
  return { class: 'environment', why: `every first failure tells of what the surroundings lack: ${firstLine(first.message)}` };
}

function ports(seen: BySeen): Cause | null {
  const taken = [...seen.values()].find(({ rate }) => /\bEADDRINUSE\b/.test(rate.first?.message ?? ''));
  if (taken !== undefined) return { class: 'port', why: `${rateText(taken.rate)}: ${firstLine(taken.rate.first?.message ?? '')}` };
  const [beside, busy] = [raised(seen, 'parallel'), raised(seen, 'load')];
  return beside === null || busy !== null ? null : { class: 'port', why: `${beside}: two copies come in each other's way` };
}

function time(seen: BySeen): Cause | null {
  for (const mode of ['zone', 'date'] as const) {
    const more = raised(seen, mode) ?? raisedIn(seen, mode);
    if (more !== null) return { class: 'time', why: `${more}; ${variationsText(seen.get(mode)?.test)}` };
  }
  return null;
}

/** Other company, or another order, changes the outcome. */
function order(seen: BySeen): Cause | null {
  const pairs = [
    ['shuffled', 'suite'],
    ['alone', 'file'],
    ['alone', 'suite'],
    ['file', 'suite'],
    ['suite', 'shuffled'],
    ['file', 'alone'],
    ['suite', 'alone'],
    ['suite', 'file'],
  ] as const;
  // What fails more in company may do so by the company's load or ports as well; those who bring that about tell.
  const laden = raised(seen, 'load') !== null || raised(seen, 'parallel') !== null;
  for (const [more, less] of laden ? pairs.slice(0, 4) : pairs) {
    const differs = difference(seen.get(more)?.rate, seen.get(less)?.rate);
    if (differs !== null) return { class: 'order', why: differs };
  }
  return null;
}

function load(seen: BySeen): Cause | null {
  const more = raised(seen, 'load') ?? raised(seen, 'parallel');
  return more === null ? null : { class: 'load', why: more };
}

/** Where no mode makes a difference. */
function leftOver(rates: readonly ModeRate[]): Cause {
  const failures = rates.reduce((sum, rate) => sum + rate.failures, 0);
  const runs = rates.reduce((sum, rate) => sum + rate.runs, 0);
  if (failures < leastFailures) return { class: 'unknown', why: `${failures} failure(s) in ${runs} runs are too few to tell by what` };
  const [only, ...others] = rates;
  if (others.length === 0)
    return { class: 'unknown', why: `${only?.mode}: ${failures} of ${runs} runs failed, and no other mode was run to compare with` };
  const { low, high } = rateInterval(failures, runs);
  return {
    class: 'random',
    why: `no mode fails more often than the others: ${failures} of ${runs} runs in all, ${percent(failures / runs)} (${percent(low)} to ${percent(high)})`,
  };
}

/** Says by how much a mode fails more often than the same tests do without it; null where it does not. */
function raised(seen: BySeen, mode: RepetitionMode): string | null {
  const of = seen.get(mode);
  return of === undefined ? null : difference(of.rate, (seen.get(of.scope) ?? seen.get('suite'))?.rate);
}

/** The same for one of the circumstances of a mode that come again: held against all others, and the tests without them. */
function raisedIn(seen: BySeen, mode: RepetitionMode): string | null {
  const of = seen.get(mode);
  const without = of === undefined ? undefined : (seen.get(of.scope) ?? seen.get('suite'))?.rate;
  if (of === undefined || without === undefined) return null;
  const rest = (less: { readonly runs: number; readonly failures: number }): typeof less => ({
    runs: of.rate.runs + without.runs - less.runs,
    failures: of.rate.failures + without.failures - less.failures,
  });
  const marked = Object.values(of.test.by).some((one) => chanceOfMore(one, rest(one)) < unlikely);
  return marked ? `${rateText(of.rate)}, and ${rateText(without)}` : null;
}

function difference(more: ModeRate | undefined, less: ModeRate | undefined): string | null {
  if (more === undefined || less === undefined) return null;
  if (chanceOfMore(more, less) >= unlikely) return null;
  return `${rateText(more)}, and ${rateText(less)}`;
}

function rateText({ mode, failures, runs }: ModeRate): string {
  return `${mode}: ${failures} of ${runs} runs failed`;
}

function variationsText(test: TestTally | undefined): string {
  const all = Object.entries(test?.by ?? {});
  const failing = all.filter(([, { failures }]) => failures > 0).map(([name, { failures, runs }]) => `${name} ${failures} of ${runs}`);
  return failing.length === 0 ? 'in no one of them alone' : `with ${failing.join(', ')}`;
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').slice(0, 160);
}
