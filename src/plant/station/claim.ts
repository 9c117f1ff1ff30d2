import { assertNever } from '../../core/base/assert-never.ts';
import type { BlobRef, Claim, FailureClass, ModelUsage } from '../../core/evidence/fact.ts';
import type { ProcessExit } from '../../core/ports/floor.ts';
import { agentErrors, type AgentErrorClass } from '../../core/station/agent-error.ts';
import type { Report } from '../../core/station/report.ts';
import type { AgentError } from './session/session.ts';

/** How a job came to its end. */
export interface Course {
  /** The report that the desk accepted; nothing else is taken for what the agent says. */
  readonly report: Report | null;
  /** What was wrong with the last report that it did not accept. */
  readonly refused: string | null;
  readonly lastError: AgentError | null;
  /** The last error, where the agent did nothing after it. */
  readonly lastWord: AgentError | null;
  /** How its process ended; null where it was not the agent that ended it. */
  readonly exit: ProcessExit | null;
  readonly turns: number;
  /** What it took of models; null where nobody counts. */
  readonly usage: ModelUsage | null;
}

/** Errors of the model's side: after one of these, what was reported before is not the end of the work. */
const ofModel: ReadonlySet<AgentErrorClass> = new Set<AgentErrorClass>([
  ...(['login', 'quota', 'rate-limit', 'overloaded', 'server', 'stream-lost', 'network'] as const),
  ...(['bad-request', 'context-overflow', 'model-unknown', 'refused'] as const),
]);

type Said = Omit<Claim, 'kind' | 'station' | 'logs'>;

/** The claim that follows from how a job ended. Exit codes, and what the agent calls success, have no part in it. */
export function claimOf(station: string, course: Course, logs: readonly BlobRef[]): Claim {
  const said = course.report === null ? withoutReport(course) : reported(course.report, course);
  return { kind: 'claim', station, ...said, ...(course.usage === null ? {} : { usage: course.usage }), logs };
}

function reported(report: Report, { lastWord, lastError }: Course): Said {
  const { summary } = report;
  switch (report.state) {
    case 'DONE':
      if (lastWord !== null && ofModel.has(lastWord.class))
        return failed(lastWord, `It reported that it was done, and then ${describe(lastWord)}`);
      return { says: 'changed', code: 'reported', summary, steps: 'steps' in report ? report.steps : [], report };
    case 'NO_OP':
      return { says: 'no-op', code: report.rule, summary, steps: [], report };
    case 'ESCALATE':
      return { says: 'escalate', code: report.code, summary, steps: [], report };
    case 'RETRYABLE_FAILURE': {
      const failure = (lastError === null ? null : agentErrors[lastError.class].failure) ?? 'provider';
      return { says: 'failed', code: 'reported-failure', summary: `${summary} ${report.cause}`, steps: [], report, failure };
    }
    default:
      return assertNever(report);
  }
}

function withoutReport({ refused, lastError, exit, turns }: Course): Said {
  const limit = limitOf(exit);
  if (limit !== null) return { says: 'failed', steps: [], ...limit };
  if (lastError !== null) return failed(lastError, `It handed in no report: ${describe(lastError)}`);
  const last = refused === null ? '' : ` The last one was not accepted: ${refused}`;
  const times = turns === 1 ? 'once' : `${turns} times`;
  return { says: 'failed', code: 'no-report', summary: `It was asked ${times} and handed in no report.${last}`, steps: [] };
}

function failed(error: AgentError, summary: string): Said {
  const { failure } = agentErrors[error.class];
  return { says: 'failed', code: `agent-${error.class}`, summary, steps: [], ...(failure === null ? {} : { failure }) };
}

function describe({ class: name, status, message }: AgentError): string {
  return `${agentErrors[name].statement}${status === null ? '' : ` (${status})`}: ${message.slice(0, 500)}`;
}

/** A limit of the floor that ended it. */
function limitOf(exit: ProcessExit | null): { readonly code: string; readonly summary: string; readonly failure: FailureClass } | null {
  if (exit?.kind === 'timed-out') {
    return { code: 'agent-timed-out', summary: `It did not end within ${exit.afterMs} ms.`, failure: 'timeout' };
  }
  if (exit?.kind === 'limited') {
    const failure = exit.limit === 'memory' || exit.limit === 'disk' ? exit.limit : 'environment';
    return { code: 'agent-limited', summary: `It took more ${exit.limit} than it may have (${exit.allowed}).`, failure };
  }
  return null;
}
