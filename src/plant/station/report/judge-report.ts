import { readReport, type Report, type ReportForm } from '../../../core/station/report.ts';
import { exampleOf } from './form-words.ts';
import { statesOf, type NoOpRules } from './states.ts';

export interface Standard {
  readonly form: ReportForm;
  readonly rules: NoOpRules;
}

export type Judged =
  | { readonly kind: 'accepted'; readonly report: Report }
  | {
      readonly kind: 'refused';
      readonly why: string;
      /** The same for the station: with what to do about it. */
      readonly words: string;
    };

/** Characters of a reason: whoever sends ten thousand wrong names need not read all of them again. */
const mostWhy = 3_000;

/** Holds a report to its form and to the rules of the packet. It says nothing of whether the report is true. */
export function judgeReport(standard: Standard, value: unknown): Judged {
  const states = statesOf(standard.form, standard.rules);
  const said = stateIn(value);
  const state = states.find((one) => one === said);
  if (state === undefined) return refused(standard, { state: 'DONE', why: whyState(said, states) });
  const read = readReport(standard.form, value);
  if (read.kind === 'fault') return refused(standard, { state, why: read.message });
  const why = read.report.state === 'NO_OP' ? whyRule(read.report.rule, standard.rules) : null;
  return why === null ? { kind: 'accepted', report: read.report } : refused(standard, { state, why });
}

function stateIn(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'state' in value ? value.state : undefined;
}

function whyState(said: unknown, states: readonly string[]): string {
  const found = typeof said === 'string' ? `"${said.slice(0, 40)}" is no state here` : 'the report has no state';
  return `${found}: state is one of ${states.join(', ')}`;
}

function whyRule(rule: string, rules: NoOpRules): string | null {
  if (rules.some(({ code }) => code === rule)) return null;
  const known = rules.map(({ code, statement }) => `${code} (${statement})`).join('; ');
  return `this job has no rule "${rule}" by which nothing is owed; it has these: ${known}`;
}

interface Refusal {
  readonly state: string;
  readonly why: string;
}

function refused({ form, rules }: Standard, { state, why }: Refusal): Judged {
  const short = why.length > mostWhy ? `${why.slice(0, mostWhy)}…` : why;
  const example = JSON.stringify(exampleOf(form, state, rules));
  const words = `This report was not accepted:\n${short}\n\nMend that and call the tool again with the whole report. One in order looks like this:\n${example}`;
  return { kind: 'refused', why: short, words };
}
