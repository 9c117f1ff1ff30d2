import { JidokaError } from '../../../core/base/error.ts';
import type { EventBody } from '../../../core/evidence/event.ts';
import type { Stage } from '../../../core/line/line.ts';
import type { BranchSeed } from '../../../core/packet/seed.ts';
import { branchChange, readBranch } from '../../inspection/branch/index.ts';
import type { Job, StageWork } from '../job.ts';

/**
 * Takes the change that the seed names, in the place of one that a station makes, and reads it: nothing is run here. Stations
 * are shown the patch only where the record has it whole: what looks like a secret is taken out there.
 */
export async function given(stage: Stage, job: Job): Promise<StageWork> {
  const { forge, blobs } = job.needs;
  const { scope } = job.packet;
  const branch = await branchChange(forge, scope.repository, branchOf(stage, job).head.commit);
  const { facts, isWhole } = await readBranch(forge, branch, scope);
  const { patch: text, files } = branch.change;
  const patch = await blobs.put(text, { label: 'patch', mediaType: 'text/x-patch' });
  const isKept = (await blobs.text(patch.sha256)) === text;
  const against = facts.filter((fact) => fact.outcome === 'broken').map(({ check }) => check);
  const broken = against.length === 0 ? 'none broken' : `broken: ${against.join(', ')}`;
  const events: readonly EventBody[] = [
    { type: 'change.harvested', stage: stage.id, patch, files },
    ...facts.map((fact): EventBody => ({ type: 'fact.found', stage: stage.id, fact })),
  ];
  const summary = `${files.length} file(s) differ, ${facts.length} checks made, ${broken}.`;
  return { kind: 'ended', outcome: isWhole ? 'done' : 'settled', summary, events, output: isKept ? { patch } : {} };
}

function branchOf({ id }: Stage, { input: { seed } }: Job): BranchSeed {
  if (seed.kind === 'branch') return seed;
  throw new JidokaError('line-invalid', `Stage "${id}" takes the change that its seed names, and a seed "${seed.kind}" names none.`, {
    mend: 'Write "seed: branch" in the line, or let a station do the change.',
  });
}
