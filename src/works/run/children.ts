import { JidokaError } from '../../core/base/error.ts';
import { runId, seedKey, type Sha256 } from '../../core/base/ids.ts';
import { canonicalJson } from '../../core/base/json.ts';
import type { Line, Stage } from '../../core/line/line.ts';
import type { TaskSeed } from '../../core/packet/seed.ts';
import type { RunInput } from './run-input.ts';

/** An attempt of a `runs` stage. */
export interface Starting {
  readonly stage: Stage;
  readonly attempt: number;
}

/**
 * The runs that an attempt of a stage starts. Their ids are given by what they are about, so that whoever asks, in
 * whatever process, means the same runs. Throws `line-invalid`.
 */
export function childrenOf({ stage, attempt }: Starting, input: RunInput, sha256: Sha256): readonly RunInput[] {
  const line = input.line.lines?.find(({ name }) => name === stage.runs?.line);
  if (stage.runs === undefined || line === undefined)
    throw new JidokaError(
      'line-invalid',
      `Stage "${stage.id}" starts runs of the line "${stage.runs?.line ?? ''}", which is not in its file.`,
      {
        mend: 'Put that line under "lines:" of the same file.',
      },
    );
  const { delivery, advisories, priority, plan } = input;
  const parent = { run: input.run, stage: stage.id, attempt };
  const lineDigest = sha256(canonicalJson(line));
  return stage.runs.items.map((item): RunInput => {
    const seed = seedOf(item, line, input);
    const run = runId(line.name, seedKey([seed.key]), sha256(canonicalJson({ parent, item, lineDigest })));
    return { run, seed, line, lineDigest, attempt: 1, delivery, advisories, parent, priority, ...(plan !== undefined && { plan }) };
  });
}

function seedOf(item: string, line: Line, { seed: own }: RunInput): TaskSeed {
  return {
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
}
