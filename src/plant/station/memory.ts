import { z } from 'zod';
import { JidokaError } from '../../core/base/error.ts';
import { toJson, type Json } from '../../core/base/json.ts';
import type { Workspace } from '../../core/ports/floor.ts';
import type { StationJob } from '../../core/ports/station.ts';
import { readReport, type Report, type ReportForm } from '../../core/station/report.ts';

/** What is remembered of an agent at work, for whoever goes on with it after this process died. */
const Memory = z.strictObject({
  /** Driver that it was started by. */
  agent: z.string(),
  /** Its own name for what it has in mind; null until it told it. */
  session: z.string().nullable(),
  /** The report that the desk accepted; null while there is none. */
  report: z.unknown(),
});
export type Memory = z.infer<typeof Memory>;

/** What an earlier life recorded of this agent; null where that cannot be gone on with. */
export function readMemory(agent: string, handle: Json | null): Memory | null {
  const read = Memory.safeParse(handle);
  return read.success && read.data.agent === agent ? read.data : null;
}

/** The report in a memory, held to its form as when it came; null where there is none. */
export function reportIn(memory: Memory | null, form: ReportForm): Report | null {
  if (memory === null || memory.report === null) return null;
  const read = readReport(form, memory.report);
  return read.kind === 'fault' ? null : read.report;
}

/** Writes down what is learnt of an agent, one after the other. */
export interface Recorder {
  session(id: string): void;
  report(report: Report): void;
  /** Waits until all is on record. Throws what kept it from being recorded: the job is another's by now. */
  settled(): Promise<void>;
}

/** Begins to write down what is to be known of an agent after this process, and ends the agent where that fails. */
export async function recordAgent(agent: string, job: StationJob, before: Memory | null, end: () => void): Promise<Recorder> {
  let known: Memory = before ?? { agent, session: null, report: null };
  if (before === null) await keepWorkspace(job.workspace);
  await job.remember(toJson(known));
  let fault: { readonly error: unknown } | null = null;
  let writing: Promise<void> = Promise.resolve();
  const note = (more: Partial<Memory>): void => {
    const handle = toJson((known = { ...known, ...more }));
    writing = writing
      .then(() => job.remember(handle))
      .catch((error: unknown) => {
        fault ??= { error };
        end();
      });
  };
  return {
    session: (id) => (id === known.session ? undefined : note({ session: id })),
    report: (report) => note({ report }),
    settled: async () => {
      await writing;
      if (fault !== null) throw fault.error;
    },
  };
}

/**
 * A workspace in which nothing was ever started is swept away as soon as its factory is dead. This is what makes it one
 * that is left for whoever goes on; the agent itself is talked to, and ends with this process.
 */
async function keepWorkspace(workspace: Workspace): Promise<void> {
  const started = await workspace.start({ argv: ['true'], cwd: '', timeoutMs: 10_000, network: 'none' });
  const ended = await workspace.attach(started, { timeoutMs: 10_000, signal: new AbortController().signal });
  if (ended !== 'gone' && ended.exit.kind === 'exited') return;
  const why = ended === 'gone' ? 'it is gone' : ended.exit.kind;
  throw new JidokaError('workspace-failed', `No command can be started in the workspace ${workspace.name}: ${why}.`, {
    mend: 'Look at the floor with `jidoka doctor`, and run it again.',
  });
}
