import type { Fact, FactOf, Finding } from '../../../core/evidence/fact.ts';
import type { TaskPacket } from '../../../core/packet/packet.ts';
import type { Forge } from '../../../core/ports/forge.ts';
import { dependenciesFact } from '../facts/index.ts';
import { sizeFact } from '../review/index.ts';
import { scopeFact } from '../scope/index.ts';
import { secretsFact } from '../secrets/index.ts';
import { refuses, scanChange, tamperFact, testsOfBase } from '../tamper/index.ts';
import { manifestsOf, textsAtHead, type BranchChange } from './branch-change.ts';

/** What reading a branch shows; of one that is too large to be read, little more than that. */
export interface ReadBranch {
  readonly facts: readonly Fact[];
  readonly isWhole: boolean;
}

/** Makes facts of a branch by reading it: nothing of it is run. */
export async function readBranch(
  forge: Pick<Forge, 'read' | 'list'>,
  branch: BranchChange,
  scope: Pick<TaskPacket['scope'], 'paths' | 'protectedPaths'>,
): Promise<ReadBranch> {
  const { change, patched, repository } = branch;
  const size = sizeFact(change, patched);
  const secrets = secretsFact(change.patch);
  if (size.code === 'too-large') return { facts: [size, secrets], isWhole: false };
  const texts = await textsAtHead(forge, branch);
  const scan = await scanChange({ forge, repository }, change, texts, await testsOfBase(forge, repository));
  const dependencies = dependenciesFact(await manifestsOf(forge, branch));
  return { facts: [size, scopeFact(change, scope), secrets, weighed(tamperFact(scan)), dependencies], isWhole: true };
}

/** What the scan only remarks is a note. */
function weighed(found: FactOf<'tamper'>): FactOf<'tamper'> {
  const findings = found.data.findings.map((finding): Finding => ({ ...finding, weight: refuses(finding) ? 'blocks' : 'note' }));
  return { ...found, data: { ...found.data, findings } };
}
