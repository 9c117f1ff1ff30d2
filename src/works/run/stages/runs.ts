import { JidokaError } from '../../../core/base/error.ts';
import { runId, seedKey } from '../../../core/base/ids.ts';
import { canonicalJson } from '../../../core/base/json.ts';
import type { Line, Stage } from '../../../core/line/line.ts';
import { attemptOf } from '../../../core/line/state.ts';
import type { TaskSeed } from '../../../core/packet/seed.ts';
import type { Job, StageWork } from '../job.ts';
import type { RunInput } from '../run-input.ts';
import { submitRun } from '../submit-run.ts';

/** So many runs are registered in one transaction: a long one would keep others from their turn. */
const batchSize = 20;

/**
 * Starts a run of another line for each item, and waits for them. The runs are registered before the record says
 * so; a process that dies in between registers none of them twice, for their ids are given by what they are about.
 */
export async function runs(stage: Stage, job: Job): Promise<StageWork> {
  const { engine } = job.needs;
  const children = childrenOf(stage, job);
  for (let at = 0; at < children.length; at += batchSize) {
    job.signal.throwIfAborted();
    await engine.transaction(async (tx) => {
      await engine.hold(job.step, tx);
      for (const child of children.slice(at, at + batchSize)) await submitRun(child, job.needs, tx);
    });
  }
  const attempt = attemptOf(job.state, stage.id);
  const started = { type: 'children.started', stage: stage.id, attempt, runs: children.map(({ run }) => run) } as const;
  return { kind: 'waits', summary: `Waits for ${children.length} runs.`, events: [started] };
}

function childrenOf(stage: Stage, job: Job): readonly RunInput[] {
  const line = job.input.line.lines?.find(({ name }) => name === stage.runs?.line);
  if (stage.runs === undefined || line === undefined)
    throw new JidokaError(
      'line-invalid',
      `Stage "${stage.id}" starts runs of the line "${stage.runs?.line ?? ''}", which is not in its file.`,
      {
        mend: 'Put that line under "lines:" of the same file.',
      },
    );
  return stage.runs.items.map((item) => childOf(item, line, { stage, job }));
}

function childOf(item: string, line: Line, { stage, job }: { readonly stage: Stage; readonly job: Job }): RunInput {
  const { sha256 } = job.needs;
  const { seed: own, delivery, advisories, priority } = job.input;
  const seed: TaskSeed = {
    kind: 'task',
    line: line.name,
    key: seedKey([own.key, item]),
    repository: own.repository,
    scope: own.scope,
    actor: own.actor,
    trusted: own.trusted,
    title: item,
    body: own.kind === 'task' ? own.body : '',
    paths: line.scope.paths,
  };
  const parent = { run: job.run, stage: stage.id, attempt: attemptOf(job.state, stage.id) };
  const lineDigest = sha256(canonicalJson(line));
  const digest = sha256(canonicalJson({ parent, item, lineDigest }));
  const run = runId(line.name, seedKey([seed.key]), digest);
  return { run, seed, line, lineDigest, attempt: 1, delivery, advisories, parent, priority };
}
