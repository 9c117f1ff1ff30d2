import { isJidokaError } from '../../core/base/error.ts';
import type { Claim } from '../../core/evidence/fact.ts';
import type { Forge } from '../../core/ports/forge.ts';
import type { Station, StationJob } from '../../core/ports/station.ts';
import { readReport } from '../../core/station/report.ts';
import type { Deed } from '../../core/station/script.ts';
import { saidIn } from './claim.ts';

export interface PlayedStationOptions {
  readonly forge: Pick<Forge, 'apply'>;
}

/**
 * A station that does what its line's script says and nothing else: no agent, no model, no key. Its name says so wherever
 * it is named, and what a replay changed is never ready to merge; see `decide`.
 *
 * @example
 * const station = playedStation('script:slugs', { forge });
 */
export function playedStation(name: string, { forge }: PlayedStationOptions): Station {
  return { name, asksNoModel: true, perform: (job) => perform(name, job, forge) };
}

async function perform(name: string, job: StationJob, forge: Pick<Forge, 'apply'>): Promise<Claim> {
  const { assignment, attempt = 1, script, note } = job;
  const failed = (code: string, summary: string): Claim => claimOf(name, { says: 'failed', code, summary });
  const deeds = script?.deeds[assignment.form] ?? [];
  const deed = deeds[Math.min(attempt, deeds.length) - 1];
  if (deed === undefined) {
    const silent = failed('script-silent', `What it plays has nothing for a ${assignment.form}.`);
    return { ...silent, failure: 'environment' };
  }
  note(`${name}: plays attempt ${Math.min(attempt, deeds.length)} of ${deeds.length}`);
  const left = await leave(deed, job, forge);
  if (left !== null) return failed('script-unfit', left);
  if (deed.report === undefined) return claimOf(name, { says: 'changed', code: 'played', summary: 'It was played, and hands in nothing.' });
  const read = readReport(assignment.form, deed.report);
  if (read.kind === 'fault')
    return failed('result-invalid', `What it plays is no report of the form "${assignment.form}": ${read.message}`);
  return { ...claimOf(name, saidIn(read.report)), report: read.report };
}

/** Leaves in the tree what the deed says; what cannot be left is told. */
async function leave({ files, patch }: Deed, { workspace, packet }: StationJob, forge: Pick<Forge, 'apply'>): Promise<string | null> {
  try {
    if (patch !== '') await forge.apply(packet.scope.repository, patch, workspace);
    for (const [path, content] of Object.entries(files)) {
      if (content === null) await workspace.files.remove(path);
      else await workspace.files.write(path, content);
    }
    return null;
  } catch (error) {
    if (isJidokaError(error) && error.code === 'git-failed') return `What it plays does not fit this repository: ${error.message}`;
    throw error;
  }
}

function claimOf(station: string, said: Pick<Claim, 'says' | 'code' | 'summary'>): Claim {
  return { kind: 'claim', station, ...said, steps: [], logs: [] };
}
