import { createHash } from 'node:crypto';
import { parseDigest, parseRunId, type Digest, type RunId } from '../../src/core/base/ids.ts';
import { canonicalEvent, chainHash, genesis } from '../../src/core/evidence/chain.ts';
import type { EventBody, LedgerEvent } from '../../src/core/evidence/event.ts';
import { fact, type BlobRef } from '../../src/core/evidence/fact.ts';
import type { Line } from '../../src/core/line/line.ts';
import { makePacket } from '../../src/core/packet/make-packet.ts';
import type { TaskPacket } from '../../src/core/packet/packet.ts';
import type { DependencySeed } from '../../src/core/packet/seed.ts';
import { bundleFiles, derive, ledgerText, sealOf } from '../../src/core/evidence/seal.ts';

/** sha256 as the factory uses it. */
export function sha256(content: string | Uint8Array): Digest {
  return parseDigest(createHash('sha256').update(content).digest('hex'));
}

/** A line small enough to read, with one check of each demand. */
export const sampleLine: Line = {
  apiVersion: 'jidoka/v1',
  kind: 'Line',
  name: 'deps',
  summary: 'a line for tests',
  seed: 'dependency',
  nonGoals: [],
  scope: { paths: ['package.json'], protectedPaths: [] },
  stages: [
    { id: 'baseline', does: 'baseline' },
    { id: 'change', does: 'change', station: 'mechanic' },
  ],
  inspection: [
    { check: 'install', demand: 'must-hold' },
    { check: 'engines', demand: 'must-not-break' },
    { check: 'public-api', demand: 'report' },
  ],
  noOpRules: [{ code: 'already-current', statement: 'has it', proof: 'lock line' }],
  policy: { baselineRuns: 2, minimumReleaseAgeDays: 0, reuseBaseline: '6h' },
};

export const sampleSeed: DependencySeed = {
  kind: 'dependency',
  line: 'deps',
  key: 'ms@2.1.3',
  repository: {
    id: 'r1',
    name: 'shop',
    location: '/repos/shop',
    kind: 'local',
    directory: '',
    baseCommit: 'a'.repeat(40),
    branch: 'main',
    uncommitted: 0,
  },
  scope: 'all',
  actor: 'cli',
  trusted: true,
  policy: { kind: 'version', version: '2.1.3' },
  subjects: [{ name: 'ms', from: '2.0.0', target: '2.1.3' }],
};

export const samplePacket: TaskPacket = makePacket(sampleLine, sampleSeed, 'branch');

const patch = 'diff --git a/package.json b/package.json\n';
const patchRef: BlobRef = { sha256: sha256(patch), bytes: patch.length, label: 'patch', mediaType: 'text/x-patch' };
const installed = fact('install', 'holds', 'installed', 'npm ci succeeded.', { rung: 'npm ci', tried: [], durationMs: 10 });

/** What the events of a small run say, up to its verdict. */
export const sampleBodies: readonly EventBody[] = [
  { type: 'run.started', seed: sampleSeed, line: { name: 'deps', digest: 'd1' }, attempt: 1, version: '0.0.0' },
  { type: 'packet.sealed', packet: samplePacket, digest: 'p1' },
  {
    type: 'change.harvested',
    stage: 'change',
    patch: patchRef,
    files: [{ path: 'package.json', status: 'modified', added: 1, removed: 1 }],
  },
  { type: 'fact.found', stage: 'change', fact: installed },
  {
    type: 'verdict.decided',
    verdict: 'PR_READY',
    reason: { code: 'validated', message: '1 of 2 deciding checks hold, none is broken.' },
    metric: { name: 'jidoka_runs_total', labels: { line: 'deps', verdict: 'PR_READY', reason: 'validated' } },
  },
];

/** Chains bodies into the events a ledger would hold. */
export function chain(run: RunId, bodies: readonly EventBody[]): LedgerEvent[] {
  const events: LedgerEvent[] = [];
  for (const body of bodies) {
    const prev = events.at(-1)?.hash ?? genesis(run, sha256);
    const event = { key: `k${events.length}`, at: '2026-01-01T00:00:00.000Z', actor: 'factory', body };
    const runSeq = events.length + 1;
    events.push({ v: 1, run, runSeq, prev, hash: chainHash(prev, runSeq, canonicalEvent(run, event), sha256), ...event });
  }
  return events;
}

/** A whole, intact bundle of the sample run, with its head. */
export function sampleBundle(bodies: readonly EventBody[] = sampleBodies): {
  readonly files: Map<string, Uint8Array>;
  readonly head: string;
} {
  const run = parseRunId('deps-ms-2.1.3-00000000');
  const told = chain(run, bodies);
  const derived = derive(run, told);
  const all = chain(run, [...bodies, { type: 'evidence.sealed', ...sealOf(derived, sha256) }]);
  const seal = all.at(-1);
  const texts = {
    [bundleFiles.bundle]: derived.bundleText,
    [bundleFiles.report]: derived.reportText,
    [bundleFiles.ledger]: ledgerText(told),
    [bundleFiles.seal]: JSON.stringify(seal),
    [`logs/${patchRef.sha256}.patch`]: patch,
  };
  const files = new Map(Object.entries(texts).map(([path, text]) => [path, new TextEncoder().encode(text)]));
  return { files, head: seal?.hash ?? '' };
}
