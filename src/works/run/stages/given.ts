import { JidokaError } from '../../../core/base/error.ts';
import type { EventBody } from '../../../core/evidence/event.ts';
import type { Fact, FactOf, Finding } from '../../../core/evidence/fact.ts';
import type { Stage } from '../../../core/line/line.ts';
import type { BranchSeed } from '../../../core/packet/seed.ts';
import { dependenciesFact } from '../../inspection/facts/index.ts';
import { sizeFact } from '../../inspection/review/index.ts';
import { scopeFact } from '../../inspection/scope/index.ts';
import { protectedPath } from '../../inspection/sealed/index.ts';
import { secretsFact } from '../../inspection/secrets/index.ts';
import { refuses, tamperFact } from '../../inspection/tamper/index.ts';
import type { Job, StageWork } from '../job.ts';
import { branchChange, manifestsOf, textsAtHead, type BranchChange } from './review/branch-change.ts';
import { scanChange } from './inspection/read-change.ts';

/** Takes the change that the seed names, in the place of one that a station makes, and reads it: nothing is run here. */
export async function given(stage: Stage, job: Job): Promise<StageWork> {
  const branch = await branchChange(job, branchOf(stage, job).head.commit);
  const size = sizeFact(branch.change, branch.patched);
  if (size.code === 'too-large')
    return await ended(stage, job, { branch, facts: [size, secretsFact(branch.change.patch)], outcome: 'settled' });
  return await ended(stage, job, { branch, facts: [size, ...(await readFacts(branch, job))], outcome: 'done' });
}

/** The seed of a line that reviews a branch. Throws `line-invalid` for another. */
export function branchOf({ id }: Pick<Stage, 'id'>, { input: { seed } }: Job): BranchSeed {
  if (seed.kind === 'branch') return seed;
  throw new JidokaError('line-invalid', `Stage "${id}" takes the change that its seed names, and a seed "${seed.kind}" names none.`, {
    mend: 'Write "seed: branch" in the line, or let a station do the change.',
  });
}

async function readFacts(branch: BranchChange, job: Job): Promise<readonly Fact[]> {
  const { change } = branch;
  const scan = await scanChange(change, await textsAtHead(branch, job), job, await testsOfBase(job));
  return [
    scopeFact(change, job.packet.scope),
    secretsFact(change.patch),
    weighed(tamperFact(scan)),
    dependenciesFact(await manifestsOf(branch, job)),
  ];
}

/** Tests are read for the values that they use; of very many, these do. */
const mostTests = 300;

async function testsOfBase({ packet, needs: { forge } }: Job): Promise<ReadonlyMap<string, string>> {
  const { repository } = packet.scope;
  const paths = (await forge.list(repository)).filter((path) => /\.[cm]?[jt]sx?$/.test(path) && protectedPath(path, null) === 'test');
  const texts = new Map<string, string>();
  for (const path of paths.slice(0, mostTests)) texts.set(path, (await forge.read(repository, path)) ?? '');
  return texts;
}

/** What the scan only remarks is a note. */
function weighed(found: FactOf<'tamper'>): FactOf<'tamper'> {
  const findings = found.data.findings.map((finding): Finding => ({ ...finding, weight: refuses(finding) ? 'blocks' : 'note' }));
  return { ...found, data: { ...found.data, findings } };
}

interface Read {
  readonly branch: BranchChange;
  readonly facts: readonly Fact[];
  readonly outcome: 'done' | 'settled';
}

/** The patch goes to stations that read it only where the record has it whole: what looks like a secret is taken out there. */
async function ended(stage: Stage, job: Job, { branch: { change }, facts, outcome }: Read): Promise<StageWork> {
  const patch = await job.needs.blobs.put(change.patch, { label: 'patch', mediaType: 'text/x-patch' });
  const isWhole = (await job.needs.blobs.text(patch.sha256)) === change.patch;
  const harvested: EventBody = { type: 'change.harvested', stage: stage.id, patch, files: change.files };
  const against = facts.filter((fact) => fact.outcome === 'broken').map(({ check }) => check);
  const broken = against.length === 0 ? 'none broken' : `broken: ${against.join(', ')}`;
  return {
    kind: 'ended',
    outcome,
    summary: `${change.files.length} file(s) read, ${facts.length} checks made, ${broken}.`,
    events: [harvested, ...facts.map((fact): EventBody => ({ type: 'fact.found', stage: stage.id, fact }))],
    output: isWhole ? { patch } : {},
  };
}
