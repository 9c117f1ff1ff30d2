import { JidokaError } from '../../../core/base/error.ts';
import { fact, type FactOf } from '../../../core/evidence/fact.ts';
import type { Stage } from '../../../core/line/line.ts';
import type { ProcessExit, ProcessResult } from '../../../core/ports/floor.ts';
import { withCheckout } from '../checkout.ts';
import { blobOf, type Job, type StageWork } from '../job.ts';
import { keepLog, timeoutOf } from './tree-job.ts';

/** Runs the line's own command on a clean checkout with the change of this run laid over it; exit code 0 holds. */
export async function command(stage: Stage, job: Job): Promise<StageWork> {
  const [program, ...args] = stage.run ?? [];
  if (program === undefined)
    throw new JidokaError('line-invalid', `Stage "${stage.id}" has no command.`, { mend: 'Give it "run:" in the line file.' });
  return await withCheckout(stage, job, async (workspace) => {
    const patch = blobOf(job, 'patch');
    if (patch !== null) await job.needs.forge.apply(job.packet.scope.repository, await job.needs.blobs.text(patch.sha256), workspace);
    const result = await workspace.spawn({
      argv: [program, ...args],
      cwd: job.packet.scope.repository.directory,
      timeoutMs: timeoutOf(stage),
      network: 'none',
      signal: job.signal,
      env: { JIDOKA_RUN: job.run },
    });
    return await conclude(stage, job, result);
  });
}

async function conclude(stage: Stage, job: Job, result: ProcessResult): Promise<StageWork> {
  const words = (stage.run ?? []).join(' ');
  const output = [result.stdout, result.stderr].filter((text) => text !== '').join('\n');
  const logs = output === '' ? [] : [await keepLog(job, `${stage.id}: ${words}`, output)];
  const failure = failureOf(result.exit);
  if (failure !== null)
    return { kind: 'failed', class: failure, command: words, message: `\`${words}\` ${said(result.exit)}.`, events: [], logs };
  const holds = result.exit.kind === 'exited' && result.exit.code === 0;
  const data = { command: words, exit: said(result.exit), durationMs: Math.round(result.durationMs) };
  const last = output.trim().split('\n').at(-1)?.slice(0, 200) ?? '';
  const found: FactOf<'command'> = holds
    ? fact('command', 'holds', 'command-holds', `\`${words}\` ended well.`, data, logs)
    : fact('command', 'broken', 'command-failed', `\`${words}\` ${said(result.exit)}${last === '' ? '' : `: ${last}`}.`, data, logs);
  const event = { type: 'fact.found', stage: stage.id, fact: found } as const;
  return { kind: 'ended', outcome: holds ? 'done' : 'objected', summary: found.summary, events: [event], output: {} };
}

/** What keeps a command from having an answer at all; a limit that it hits may be hit by chance. */
function failureOf({ kind }: ProcessExit): 'timeout' | 'stall' | 'environment' | null {
  if (kind === 'timed-out') return 'timeout';
  if (kind === 'stalled') return 'stall';
  return kind === 'not-started' || kind === 'limited' ? 'environment' : null;
}

function said(exit: ProcessExit): string {
  switch (exit.kind) {
    case 'exited':
      return `ended with exit code ${exit.code}`;
    case 'signalled':
      return `was ended by ${exit.signal}`;
    case 'timed-out':
      return `did not end within ${exit.afterMs / 1000} s`;
    case 'stalled':
      return `said nothing for ${exit.afterMs / 1000} s`;
    case 'limited':
      return `took more ${exit.limit} than it may have (${exit.allowed})`;
    case 'cancelled':
      return 'was cancelled';
    case 'not-started':
      return `could not be started: ${exit.message}`;
  }
}
