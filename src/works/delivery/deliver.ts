import type { RunId } from '../../core/base/ids.ts';
import type { Delivery } from '../../core/evidence/delivery.ts';
import type { LedgerEvent } from '../../core/evidence/event.ts';
import { JidokaError } from '../../core/base/error.ts';
import { find } from '../../core/evidence/run-result.ts';
import { standing } from '../../core/evidence/standing.ts';
import type { TaskPacket } from '../../core/packet/packet.ts';
import { seedTitle } from '../../core/packet/title.ts';
import type { Blobs } from '../../core/ports/blobs.ts';
import type { EvidenceStore } from '../../core/ports/evidence-store.ts';
import type { Forge, Published } from '../../core/ports/forge.ts';
import type { Verdict } from '../../core/verdict/verdict.ts';
import type { Append } from '../effects/index.ts';
import { evidenceFiles } from './evidence-files.ts';
import { writeOnce, type Wanted } from './forge-effect.ts';

export interface DeliveryNeeds {
  readonly forge: Pick<Forge, 'publish' | 'attach' | 'locate'>;
  readonly blobs: Blobs;
  readonly evidence: Pick<EvidenceStore, 'write'>;
  /** Appends to the run's chain; throws `fenced` where this process lost the step. */
  readonly append: Append;
}

/**
 * Brings a decided run to its target: the evidence folder always, the evidence ref and (for PR_READY) the branch
 * unless only a report is asked for. What reaches the target does so once, however often this is begun; `events` are
 * those of the run, read after the step came to this process.
 */
export async function deliver(run: RunId, events: readonly LedgerEvent[], needs: DeliveryNeeds): Promise<Delivery> {
  const told = tell(run, events);
  const files = await evidenceFiles(run, events, needs.blobs);
  const evidenceDir = await needs.evidence.write(run, files);
  const { repository } = told.packet.scope;
  const nothing = { target: repository.location, branch: null, commit: null, evidenceRef: null, evidenceCommit: null, evidenceDir };
  if (told.packet.outputFormat.delivery === 'report') return { ...nothing, withheld: 'dry run: nothing was written to the repository' };
  const means = { events, append: needs.append };
  const change = await publication(told, needs.blobs);
  const branch = change === null ? null : await writeOnce(needs.forge, { repository, ...change }, means);
  const record = await writeOnce(needs.forge, { repository, ...attachment(told, files) }, means);
  return { ...nothing, ...branchIn(branch), ...recordIn(record), withheld: withheld(told, [branch, record]) };
}

/** What the target refused is not in it: then only `withheld` says where it is. */
function branchIn(branch: Published | null): Partial<Delivery> {
  return branch === null || branch.held !== null ? {} : { branch: branch.ref.replace('refs/heads/', ''), commit: branch.commit };
}

function recordIn(record: Published): Partial<Delivery> {
  return record.held === null ? { evidenceRef: record.ref, evidenceCommit: record.commit } : {};
}

function withheld(told: Told, results: readonly (Published | null)[]): string | null {
  const held = results.flatMap((result) => result?.held ?? []);
  return held.length > 0 ? held.join(' ') : probeNote(told);
}

interface Told {
  readonly run: RunId;
  readonly packet: TaskPacket;
  readonly verdict: Verdict;
  readonly message: string;
  readonly at: string;
  /** Hash of the sealing event: what the evidence is anchored by. */
  readonly head: string;
  readonly patch: string | null;
}

function tell(run: RunId, events: readonly LedgerEvent[]): Told {
  const packet = find(events, 'packet.sealed')?.packet;
  const decided = find(events, 'verdict.decided');
  const sealed = events.find((event) => event.body.type === 'evidence.sealed');
  if (packet === undefined || decided === undefined || sealed === undefined)
    throw new JidokaError('invariant', `Run ${run} is not decided and sealed, so nothing can be delivered.`, {
      mend: `Let it go on: jidoka resume ${run}`,
    });
  const patch = find(standing(events), 'change.harvested')?.patch.sha256 ?? null;
  return { run, packet, verdict: decided.verdict, message: decided.reason.message, at: sealed.at, head: sealed.hash, patch };
}

type Result = Pick<Wanted, 'result' | 'digest'>;

async function publication(told: Told, blobs: Blobs): Promise<Result | null> {
  const { packet, patch, at } = told;
  const owed = told.verdict === 'PR_READY' && packet.outputFormat.delivery === 'branch';
  if (!owed || patch === null) return null;
  const result = { patch: await blobs.text(patch), branch: packet.outputFormat.branch, message: commitMessage(told), at };
  return { result, digest: patch };
}

function attachment({ run, head, at }: Told, files: ReadonlyMap<string, Uint8Array>): Result {
  const message = `jidoka evidence ${run}\n\nJidoka-Evidence: ${head}\n`;
  return { result: { ref: `refs/jidoka/evidence/${run}`, files, message, at }, digest: head };
}

function commitMessage({ run, packet, message, head }: Told): string {
  const trailers = [`Jidoka-Run: ${run}`, `Jidoka-Seed: ${packet.source.line}/${packet.source.key}`, `Jidoka-Evidence: ${head}`];
  return `${packet.source.line}: ${seedTitle(packet.source)}\n\n${packet.intent}\n${message}\n\n${trailers.join('\n')}\n`;
}

/** Says why a PR_READY run has no branch of its own. */
function probeNote({ verdict, packet }: Told): string | null {
  const probe = verdict === 'PR_READY' && packet.outputFormat.delivery === 'evidence';
  return probe ? 'probe: the change is delivered by the run of its group' : null;
}
