import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reviewFindings, type ReviewFinding } from '../../src/core/evidence/findings.ts';
import type { Line } from '../../src/core/line/line.ts';
import { makePacket } from '../../src/core/packet/make-packet.ts';
import type { BranchSeed } from '../../src/core/packet/seed.ts';
import { gitForge } from '../../src/plant/forge/index.ts';
import { withFileLock } from '../../src/plant/postgres/index.ts';
import { parseLine } from '../../src/works/line-file/index.ts';
import { branchChange, readBranch } from '../../src/works/inspection/branch/index.ts';

/** What reading alone finds in a branch, as a run reads it, over a real forge. */
export interface Reading {
  read(path: string, head: string): Promise<Read>;
  close(): Promise<void>;
}

export interface Read {
  readonly isWhole: boolean;
  readonly blocks: readonly ReviewFinding[];
  readonly notes: readonly ReviewFinding[];
}

/** The built-in line. */
async function reviewLine(): Promise<Line> {
  const path = fileURLToPath(new URL('../../lines/review/line.yaml', import.meta.url));
  const role = fileURLToPath(new URL('../../lines/review/roles/reviewer.md', import.meta.url));
  return parseLine(await readFile(path, 'utf8'), path, [{ path: role, text: await readFile(role, 'utf8') }]);
}

export async function openReading(): Promise<Reading> {
  const root = await mkdtemp(join(tmpdir(), 'jidoka-reading-'));
  const forge = gitForge({ root, env: process.env, lock: withFileLock, log: () => undefined });
  const line = await reviewLine();
  return {
    read: async (path, head) => {
      const { repository, ...sides } = await forge.history.compare(path, { heads: [head], base: 'main' });
      const seed: BranchSeed = {
        kind: 'branch',
        line: 'review',
        key: head,
        repository,
        scope: 'all',
        actor: 'ada',
        trusted: false,
        ...sides,
      };
      const packet = makePacket(line, seed, 'evidence');
      const branch = await branchChange(forge, repository, sides.head.commit);
      const { facts, isWhole } = await readBranch(forge, branch, packet.scope);
      const found = reviewFindings(packet, facts);
      const of = (weight: string): ReviewFinding[] => found.filter((finding) => finding.weight === weight);
      return { isWhole, blocks: of('blocks'), notes: of('note') };
    },
    close: () => rm(root, { recursive: true, force: true, maxRetries: 3 }),
  };
}
