import type { Claim } from '../../core/evidence/fact.ts';
import type { Registry } from '../../core/ports/registry.ts';
import type { Station, StationJob } from '../../core/ports/station.ts';
import type { Bench } from './bench.ts';
import { escalate, type Outcome } from './outcome.ts';
import { readProject } from './project.ts';
import { repairAdvisory } from './repair.ts';
import { updateDependencies } from './update.ts';

export interface MechanicNeeds {
  readonly registry: Registry;
  /** Limit for one npm command; default 300 s. */
  readonly timeoutMs?: number;
}

/**
 * The station without a model: updates npm dependencies and removes vulnerable copies, with npm itself and the smallest
 * move it can be brought to. It works in a bare checkout, installs nothing, and changes manifests and lockfile only.
 *
 * @example
 * const claim = await mechanic({ registry }).perform(job);
 */
export function mechanic(needs: MechanicNeeds): Station {
  return {
    name: 'mechanic',
    asksNoModel: true,
    async perform(job) {
      const steps: string[] = [];
      const step = (text: string): void => {
        steps.push(text);
        job.note(text);
      };
      const outcome = await work(needs, job, step);
      const claim: Claim = { kind: 'claim', station: 'mechanic', ...outcome, steps, logs: [] };
      return claim;
    },
  };
}

async function work(needs: MechanicNeeds, { packet: { source }, workspace, signal }: StationJob, step: Bench['step']): Promise<Outcome> {
  if (source.kind !== 'dependency' && source.kind !== 'advisory')
    return escalate('no-station', 'The mechanic updates and repairs npm dependencies; it does no tasks.');
  const project = await readProject(workspace, source.repository.directory);
  if (project === null)
    return escalate('no-manifest', `There is no package.json in ${source.repository.directory || 'the root of the repository'}.`);
  const bench: Bench = { workspace, project, timeoutMs: needs.timeoutMs ?? 300_000, signal, step };
  return source.kind === 'dependency' ? await updateDependencies(bench, source) : await repairAdvisory(bench, source, needs.registry);
}
