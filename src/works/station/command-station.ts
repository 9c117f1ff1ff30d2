import { z } from 'zod';
import { JidokaError } from '../../core/base/error.ts';
import type { Claim } from '../../core/evidence/fact.ts';
import type { ProcessRef, ProcessResult } from '../../core/ports/floor.ts';
import type { Station, StationJob } from '../../core/ports/station.ts';
import { claimOf } from './claim.ts';
import { papersOf, readResult, writePacket } from './papers.ts';

/** How the process of an earlier life of the attempt was remembered. */
const Handle = z.strictObject({ id: z.string(), pid: z.int(), life: z.string(), startedAt: z.string() });

/**
 * The station that runs the program its stage names, in the root of the checkout, with the model gateway and its own refs as its one network. The program
 * reads the job from the file JIDOKA_PACKET, changes the tree, and may say what it did in the file JIDOKA_RESULT; the
 * harvest sees what it really did. A program that an earlier life of the attempt started is gone on with; where it is gone
 * without a trace the claim says so, and nothing is started in the tree that it left half changed.
 *
 * @example
 * const claim = await commandStation().perform({ ...job, run: ['node', 'agent.mjs'] });
 */
export function commandStation(): Station {
  return { name: 'command', perform };
}

async function perform(job: StationJob): Promise<Claim> {
  const [program, ...args] = job.run;
  if (program === undefined) throw nothingToRun();
  const result = (await resume(job)) ?? (await begin(job, [program, ...args]));
  if (result === 'gone') return claimOf({ kind: 'gone' }, job.assignment.form);
  if (result.exit.kind === 'cancelled') throw withdrawn(program);
  return claimOf({ kind: 'ended', process: result, said: await readResult(job) }, job.assignment.form);
}

/** The end of what an earlier life of this attempt started; null where there is nothing to go on with. */
async function resume(job: StationJob): Promise<ProcessResult | 'gone' | null> {
  const handle = Handle.safeParse(job.handle);
  if (!handle.success) return null;
  job.note(`going on with process ${handle.data.pid}`);
  return await wait(job, handle.data);
}

async function begin(job: StationJob, argv: readonly [string, ...string[]]): Promise<ProcessResult | 'gone'> {
  await writePacket(job);
  const { packet, result } = papersOf(job);
  const process = await job.workspace.start({
    argv,
    cwd: '',
    env: { JIDOKA_PACKET: packet, JIDOKA_RESULT: result },
    timeoutMs: job.timeoutMs,
    network: 'gateway',
  });
  const { id, pid, life, startedAt } = process;
  await job.remember({ id, pid, life, startedAt });
  job.note(`started ${argv.join(' ')} as process ${pid}`);
  return wait(job, process);
}

function wait({ workspace, timeoutMs, stallMs, signal }: StationJob, process: ProcessRef): Promise<ProcessResult | 'gone'> {
  return workspace.attach(process, { timeoutMs, signal, ...(stallMs === null ? {} : { stallMs }) });
}

function nothingToRun(): JidokaError {
  return new JidokaError('line-invalid', 'A stage has the station "command" and does not say what to run.', {
    mend: 'Name the program and its arguments in the stage: run: [node, agent.mjs].',
  });
}

function withdrawn(program: string): JidokaError {
  return new JidokaError('interrupted', `${program} was ended: its stage was withdrawn.`, {
    mend: 'Resume the run: the stage is done again from a clean checkout.',
  });
}
