import type { BlobRef } from '../../../core/evidence/fact.ts';
import type { Stage } from '../../../core/line/line.ts';
import type { Workspace } from '../../../core/ports/floor.ts';
import type { Installed, TreeJob } from '../../inspection/tree/index.ts';
import type { Project } from '../../intake/index.ts';
import { parseDuration } from '../../../core/line/duration.ts';
import type { Job } from '../job.ts';

/** A workspace over a base that may have its packages. */
export interface Ready {
  readonly workspace: Workspace;
  readonly installed: Installed | null;
}

const defaultTimeoutMs = 300_000;

/** What makes a checkout of this project ready, for baseline and inspection alike; `installed` where its base has the packages. */
export function treeJob(stage: Stage, job: Job, at: Workspace | Ready, project: Project): TreeJob {
  const { workspace, installed } = 'workspace' in at ? at : { workspace: at, installed: null };
  const scripted = project.lock?.lock.copies.filter((copy) => copy.hasInstallScript).map((copy) => copy.name) ?? [];
  const { tests } = project.defaults;
  return {
    workspace,
    directory: project.repository.directory,
    hasLock: project.lock !== null,
    junit: tests === undefined ? null : { command: tests.command, resultFile: tests.junit },
    installed,
    preferCache: stage.does !== 'baseline',
    scripted: [...new Set(scripted)],
    timeoutMs: timeoutOf(stage),
    signal: job.signal,
    keep: (label, text) => keepLog(job, `${stage.id}: ${label}`, text),
    note: (message) => job.note(`${stage.id}: ${message}`),
  };
}

/** Limit for one command of a stage, in milliseconds. */
export function timeoutOf(stage: Stage): number {
  return stage.timeout === undefined ? defaultTimeoutMs : parseDuration(stage.timeout);
}

/** Keeps text as a log of this run. */
export function keepLog(job: Job, label: string, text: string): Promise<BlobRef> {
  return job.needs.blobs.put(text, { label, mediaType: 'text/plain' });
}
