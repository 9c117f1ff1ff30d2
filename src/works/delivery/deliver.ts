import type { RunId } from '../../core/base/ids.ts';
import type { Delivery, LedgerEvent } from '../../core/evidence/event.ts';
import { JidokaError } from '../../core/base/error.ts';
import { find } from '../../core/evidence/run-result.ts';
import type { TaskPacket } from '../../core/packet/packet.ts';
import { seedTitle } from '../../core/packet/title.ts';
import type { Blobs } from '../../core/ports/blobs.ts';
import type { EvidenceStore } from '../../core/ports/evidence-store.ts';
import type { Forge, Published } from '../../core/ports/forge.ts';
import type { Verdict } from '../../core/verdict/verdict.ts';
import { evidenceFiles } from './evidence-files.ts';

export interface DeliveryNeeds {
  readonly forge: Forge;
  readonly blobs: Blobs;
  readonly evidence: EvidenceStore;
}

/**
 * Brings a decided run to its target: the evidence folder always, the evidence ref and (for PR_READY) the branch
 * unless only a report is asked for. Every effect is named by content, so that doing it twice leaves one.
 */
export async function deliver(run: RunId, events: readonly LedgerEvent[], needs: DeliveryNeeds): Promise<Delivery> {
  const told = tell(run, events);
  const files = await evidenceFiles(run, events, needs.blobs);
  const evidenceDir = await needs.evidence.write(run, files);
  const { repository } = told.packet.scope;
  if (told.packet.outputFormat.delivery === 'report') return withheld(told, evidenceDir, 'dry run: nothing was written to the repository');
  const branch = await publishBranch(told, needs);
  const ref = `refs/jidoka/evidence/${run}`;
  const record = await needs.forge.attach(repository, {
    ref,
    files,
    message: `jidoka evidence ${run}\n\nJidoka-Evidence: ${told.head}\n`,
    at: told.at,
  });
  return {
    target: record.location,
    branch: branch === null ? null : branch.ref.replace('refs/heads/', ''),
    commit: branch?.commit ?? null,
    evidenceRef: record.ref,
    evidenceCommit: record.commit,
    evidenceDir,
    withheld: branch?.held ?? record.held ?? probeNote(told),
  };
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
  const patch = find(events, 'change.harvested')?.patch.sha256 ?? null;
  return { run, packet, verdict: decided.verdict, message: decided.reason.message, at: sealed.at, head: sealed.hash, patch };
}

async function publishBranch(told: Told, needs: DeliveryNeeds): Promise<Published | null> {
  const owed = told.verdict === 'PR_READY' && told.packet.outputFormat.delivery === 'branch';
  if (!owed || told.patch === null) return null;
  const patch = await needs.blobs.text(told.patch);
  const { repository } = told.packet.scope;
  return await needs.forge.publish(repository, {
    patch,
    branch: told.packet.outputFormat.branch,
    message: commitMessage(told),
    at: told.at,
  });
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

function withheld(told: Told, evidenceDir: string, why: string): Delivery {
  const { location } = told.packet.scope.repository;
  return { target: location, branch: null, commit: null, evidenceRef: null, evidenceCommit: null, evidenceDir, withheld: why };
}
