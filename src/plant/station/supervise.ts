import { JidokaError } from '../../core/base/error.ts';
import { stopReason } from '../../core/ports/abort.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { ProcessExit } from '../../core/ports/floor.ts';
import type { ReportDesk } from '../../core/ports/stations/report-desk.ts';
import type { StationJob } from '../../core/ports/station.ts';
import type { AgentErrorClass } from '../../core/station/agent-error.ts';
import type { Course } from './claim.ts';
import type { Driver, Talk, TurnEnd, Wire } from './driver.ts';
import { troubleOfEnd } from './end-trouble.ts';
import type { Recorder } from './memory.ts';
import { afterLoss, followUp, resumptionPrompt } from './prompt.ts';
import type { Session } from './session/session.ts';

export interface Supervision {
  readonly driver: Pick<Driver, 'name'>;
  /** Begins to talk with it. */
  readonly open: (wire: Wire) => Talk;
  /** What the agent is told first. */
  readonly prompt: string;
  readonly desk: ReportDesk;
  readonly session: Session;
  readonly clock: Clock;
  /** Aborted where we have heard enough of the agent. */
  readonly enough: AbortController;
  /** How often it is asked for a report, where it ended without one. */
  readonly followUps: number;
  /** Writes down what whoever takes the job over must know; null where that one begins anew. */
  readonly recorder: Recorder | null;
  /** Session of an earlier life of the job that is to be gone on with; null where there is none. */
  readonly former: string | null;
}

/** How long an agent may go on after its report was accepted, in milliseconds. */
const graceMs = 60_000;

/**
 * Has an agent do a job, and ends it: when it is done, when its time is over, or when nobody wants it any more. Throws
 * `interrupted` where the job was withdrawn, `fenced` where another process has it now.
 */
export async function supervise(job: StationJob, around: Supervision): Promise<Course> {
  const { desk, session, driver, clock, enough } = around;
  const over = new AbortController();
  let refused: string | null = null;
  const counter = desk.open({
    job: job.workspace.name,
    form: job.assignment.form,
    packet: job.packet,
    told: (word) => {
      if (word.kind === 'accepted') around.recorder?.report(word.report);
      if (word.kind === 'accepted') void endAfterGrace(clock, enough, over.signal);
      if (word.kind === 'refused') refused = word.why;
      const text = word.kind === 'accepted' ? `report accepted: ${word.report.state}` : `report ${word.kind}`;
      session.tell({ type: 'notice', text: word.kind === 'refused' ? `${text}: ${word.why}` : text });
      job.note(`${driver.name}: ${text}`);
    },
  });
  const talk = around.open(wireOf(job, around));
  try {
    if (around.former !== null) await talk.takeUp(around.former);
    const { exit, turns } = await turnsOf(job, around, { talk, isDone: () => counter.report() !== null, refused: () => refused });
    return {
      report: counter.report(),
      refused,
      usage: session.usage(),
      lastError: session.lastError(),
      lastWord: session.lastWord(),
      exit,
      turns,
    };
  } finally {
    over.abort();
    await talk.end();
    counter.close();
  }
}

async function endAfterGrace(clock: Clock, enough: AbortController, over: AbortSignal): Promise<void> {
  await clock.sleep(graceMs, over);
  if (!over.aborted) enough.abort();
}

interface Talking {
  readonly talk: Talk;
  readonly isDone: () => boolean;
  readonly refused: () => string | null;
}

async function turnsOf(
  job: StationJob,
  { session, prompt: order, driver, enough, former, followUps }: Supervision,
  { talk, isDone, refused }: Talking,
): Promise<{ readonly exit: ProcessExit | null; readonly turns: number }> {
  const prompt = former === null ? order : `${order}\n\n${afterLoss}`;
  let end: TurnEnd = { exit: null, stderr: '' };
  for (let turn = 1; turn <= 1 + followUps; turn += 1) {
    if (turn > 1) job.note(`${driver.name}: ended without a report, asked for one`);
    const before = session.lastError();
    end = await talk.say(await wordsOf(turn, prompt, { talk, refused, former }));
    if (job.signal.aborted) throw withdrawn(job, driver);
    const trouble = isDone() || enough.signal.aborted ? null : troubleOfEnd(end, session.lastError() !== before);
    if (trouble !== null) session.tell(trouble);
    const failed = session.lastError() === before ? null : (session.lastError()?.class ?? null);
    if (isDone() || enough.signal.aborted || isFinal(end.exit) || (failed !== null && !mayHelp(failed, job)))
      return { exit: end.exit, turns: turn };
  }
  return { exit: end.exit, turns: 1 + followUps };
}

/** What the agent is told: the whole order unless it has it in mind, and why it is asked once more. */
async function wordsOf(
  turn: number,
  prompt: string,
  { talk, refused, former }: Omit<Talking, 'isDone'> & Pick<Supervision, 'former'>,
): Promise<string> {
  const has = await talk.recalls();
  if (turn === 1) return former !== null && has ? resumptionPrompt() : prompt;
  return has ? followUp(refused()) : `${prompt}\n\n${followUp(refused())}`;
}

/** Errors after which another word may help; all others are for the line to wait out, or for another station. */
const mended: ReadonlySet<AgentErrorClass> = new Set<AgentErrorClass>([
  'stream-lost',
  'crash',
  'protocol',
  'turn-limit',
  'denied',
  'refused',
]);

/** Turns that a role does not give are not given by asking again. */
function mayHelp(failed: AgentErrorClass, { assignment: { role } }: StationJob): boolean {
  return mended.has(failed) && !(failed === 'turn-limit' && role?.budget?.turns !== undefined);
}

/** Limits of the floor end the job, not the turn. */
function isFinal(exit: ProcessExit | null): boolean {
  return exit !== null && exit.kind !== 'exited' && exit.kind !== 'signalled';
}

/** The way into the workspace, with the time that the job has left. */
function wireOf(job: StationJob, { session, clock, enough, driver, recorder }: Supervision): Wire {
  const beganMs = clock.monotonicMs();
  return {
    converse: ({ argv, env }, signal) => {
      job.note(`${driver.name}: started`);
      return job.workspace.converse({
        argv,
        env,
        cwd: '',
        network: 'gateway',
        timeoutMs: Math.max(1, Math.ceil(job.timeoutMs - (clock.monotonicMs() - beganMs))),
        ...(job.stallMs === null ? {} : { stallMs: job.stallMs }),
        signal: AbortSignal.any([job.signal, signal]),
        maxOutputBytes: 256 * 1024,
      });
    },
    enough: enough.signal,
    clock,
    heard: session.heard,
    tell: (event) => {
      if (event.type === 'session.started') recorder?.session(event.session);
      if (event.type === 'error') job.note(`${driver.name}: ${event.message.slice(0, 300)}`);
      session.tell(event);
    },
  };
}

function withdrawn({ signal }: StationJob, { name }: Pick<Driver, 'name'>): JidokaError {
  if (stopReason(signal) === 'lost') {
    return new JidokaError('fenced', `The job of ${name} was given to another process.`, {
      mend: 'Leave it to the process that has it now.',
    });
  }
  return new JidokaError('interrupted', `${name} was ended: its stage was withdrawn.`, {
    mend: 'Resume the run: the stage is done again from a clean checkout.',
  });
}
