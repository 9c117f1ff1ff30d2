import { z } from 'zod';
import { assertNever } from '../../core/base/assert-never.ts';
import type { Claim } from '../../core/evidence/fact.ts';
import type { ProcessResult } from '../../core/ports/floor.ts';
import { readReport, type Report, type ReportForm } from '../../core/station/report.ts';

/** What a program may write into JIDOKA_RESULT. */
const Result = z.strictObject({
  says: z.enum(['changed', 'no-op', 'escalate', 'failed']),
  code: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'lower-case letters, digits and dashes'),
  summary: z.string().min(1).max(4_000),
  steps: z.array(z.string().max(4_000)).max(1_000).optional(),
});

/** Or, in its place, the report of the form that the station was given. */
const Handed = z.strictObject({ report: z.unknown() });

/** How the program of a stage came to its end, and what it wrote as its result; null where it wrote none. */
export type Course = { readonly kind: 'gone' } | { readonly kind: 'ended'; readonly process: ProcessResult; readonly said: string | null };

type Said = Omit<Claim, 'kind' | 'station' | 'logs'>;

/** Lines of output that a claim quotes. */
const tailLines = 20;
const longestLine = 500;

/** The claim that follows from how a program ended. A limit that it ran into says more than what it wrote before. */
export function claimOf(course: Course, form: ReportForm): Claim {
  return { kind: 'claim', station: 'command', ...(course.kind === 'gone' ? gone : saidBy(course.process, course.said, form)), logs: [] };
}

const gone: Said = {
  says: 'failed',
  code: 'program-gone',
  summary: 'The program and its keeper ended without a trace, as after a restart of the machine.',
  steps: [],
  failure: 'crash',
};

function saidBy(process: ProcessResult, result: string | null, form: ReportForm): Said {
  const { exit } = process;
  const steps = tailOf(process);
  const failed = (code: string, summary: string, failure?: Claim['failure']): Said => ({
    says: 'failed',
    code,
    summary,
    steps,
    ...(failure === undefined ? {} : { failure }),
  });
  switch (exit.kind) {
    case 'timed-out':
      return failed('program-timed-out', `The program did not end within ${exit.afterMs} ms.`, 'timeout');
    case 'stalled':
      return failed('program-stalled', `The program said nothing for ${exit.afterMs} ms.`, 'stall');
    case 'not-started':
      return failed('program-not-started', `The program could not be started: ${exit.message}.`, 'environment');
    case 'limited':
      return failed('program-limited', `The program took more ${exit.limit} than it may have (${exit.allowed}).`, 'environment');
    case 'cancelled':
      return failed('program-cancelled', 'The program was ended before its time.');
    case 'exited':
    case 'signalled':
      break;
    default:
      return assertNever(exit);
  }
  if (result !== null) return readSaid(result, steps, form);
  if (exit.kind === 'signalled') return failed('program-killed', `The program was ended by ${exit.signal}.${lastOf(steps)}`);
  if (exit.code !== 0) return failed('program-failed', `The program ended with exit code ${exit.code}.${lastOf(steps)}`);
  return { says: 'changed', code: 'program-ended', summary: 'The program ended well and gave no result of its own.', steps };
}

function readSaid(text: string, tail: readonly string[], form: ReportForm): Said {
  const problem = (what: string): Said => ({
    says: 'failed',
    code: 'result-invalid',
    summary: `The result that the program wrote cannot be read: ${what}`,
    steps: tail,
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return problem(`it is no JSON (${error instanceof Error ? error.message : String(error)}).`);
  }
  const handed = Handed.safeParse(value);
  if (handed.success) {
    const read = readReport(form, handed.data.report);
    return read.kind === 'fault'
      ? problem(`it is no report of the form "${form}": ${read.message}`)
      : { ...saidIn(read.report), steps: tail, report: read.report };
  }
  const parsed = Result.safeParse(value);
  if (!parsed.success) return problem(z.prettifyError(parsed.error));
  const { steps = [], ...said } = parsed.data;
  return { ...said, steps };
}

/** What a report says, as a claim says it. */
export function saidIn(report: Report): Pick<Said, 'says' | 'code' | 'summary'> {
  const { summary } = report;
  switch (report.state) {
    case 'DONE':
      return { says: 'changed', code: 'done', summary };
    case 'NO_OP':
      return { says: 'no-op', code: report.rule, summary };
    case 'ESCALATE':
      return { says: 'escalate', code: report.code, summary };
    case 'RETRYABLE_FAILURE':
      return { says: 'failed', code: 'surroundings', summary };
  }
}

/** The last lines of what a program wrote, for want of a log. */
function tailOf({ stdout, stderr }: ProcessResult): readonly string[] {
  return [...lastLines('stdout', stdout), ...lastLines('stderr', stderr)];
}

function lastLines(name: string, text: string): readonly string[] {
  const lines = text.trimEnd().split('\n').slice(-tailLines);
  return lines.filter((line) => line.trim() !== '').map((line) => `${name}: ${line.slice(0, longestLine)}`);
}

/** Most programs name their error, and then write where it was or what they are. */
const namesError = /\b(\w*(Error|Exception)|error|fatal|panic)\b.*:/;

function lastOf(steps: readonly string[]): string {
  const [last, error] = [steps.at(-1), steps.findLast((line) => namesError.test(line))];
  if (error !== undefined) return ` It wrote: ${error}`;
  return last === undefined ? '' : ` It wrote last: ${last}`;
}
