import type { TestStatus } from '../../../core/evidence/fact.ts';
import type { ProcessResult } from '../../../core/ports/floor.ts';
import type { Reading, TestReport } from './results/reading.ts';
import type { Canary, CanaryReport } from './types.ts';

/** A reading without what the canary did. */
export function withoutCanary<Of extends Reading>(reading: Of, canary: Canary): Of {
  return {
    ...reading,
    reports: reading.reports.filter((report) => titleIn(report, canary) === null && report.file !== canary.file),
    crashes: reading.crashes.filter((crash) => crash.file !== canary.file),
    running: reading.running.filter((file) => file !== canary.file),
  };
}

/** Says whether every test of the canary was reported as failed; a run that a canary passes in cannot be believed. */
export function canaryReport(reading: Reading, canary: Canary, process: ProcessResult): CanaryReport {
  const statuses = new Map(
    reading.reports.flatMap((report) => {
      const title = titleIn(report, canary);
      return title === null ? [] : [[title, report.status] as const];
    }),
  );
  const absent = reasonOfAbsence(reading, canary, process);
  const all = canary.ids.map((id) => ({ id, reported: statuses.get(titleOf(id)) ?? absent }));
  const suspicious = all.filter(({ reported }) => reported !== 'fail');
  const worst = severity.find((status) => suspicious.some(({ reported }) => reported === status));
  return { file: canary.file, reported: worst ?? 'fail', suspicious };
}

const severity: readonly TestStatus[] = ['pass', 'skip', 'timeout', 'crash', 'missing'];

function reasonOfAbsence(reading: Reading, canary: Canary, process: ProcessResult): TestStatus {
  if (reading.crashes.some((crash) => crash.file === canary.file)) return 'crash';
  return process.exit.kind === 'timed-out' || process.exit.kind === 'stalled' ? 'timeout' : 'missing';
}

/** Title of the canary's test that a report is of. Runners and JUnit writers put things before a title, not after. */
function titleIn(report: TestReport, canary: Canary): string | null {
  const last = report.path.at(-1);
  if (last === undefined) return null;
  return canary.ids.map(titleOf).find((title) => last === title || last.endsWith(` ${title}`)) ?? null;
}

function titleOf(id: string): string {
  return id.split(' > ').at(-1) ?? id;
}
