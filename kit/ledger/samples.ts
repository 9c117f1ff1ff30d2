import { parseRunId, type RunId } from '../../src/core/base/ids.ts';
import type { EventBody, NewEvent } from '../../src/core/evidence/event.ts';
import { verdictMetric } from '../../src/core/verdict/verdict.ts';

/** A moment `step` seconds after an arbitrary fixed one. */
export function sampleTime(step: number): string {
  return new Date(Date.UTC(2026, 0, 1) + step * 1000).toISOString();
}

/** A small event whose content is `steps`; enough for anything that does not look into bodies. */
export function sampleEvent(key: string, steps: readonly string[] = [key]): NewEvent {
  return sampleOf(key, { type: 'plan.made', stage: 'change', steps });
}

/** The event a run begins with, for `line`. */
export function sampleStart(line: string): NewEvent {
  return sampleOf('start', {
    type: 'run.started',
    line: { name: line, digest: 'a'.repeat(64) },
    attempt: 1,
    version: '0.0.0',
    seed: {
      kind: 'task',
      line,
      key: 'sample',
      repository: {
        id: 'sample',
        name: 'sample',
        location: '/srv/sample',
        kind: 'local',
        directory: '',
        baseCommit: 'b'.repeat(40),
        branch: 'main',
        uncommitted: 0,
      },
      scope: 'all',
      actor: 'sample',
      trusted: true,
      title: 'sample',
      body: '',
      paths: ['**'],
    },
  });
}

/** Opens the gate of `stage` in `run`; key and gate name the attempt. */
export function sampleGate(run: RunId, stage: string, attempt = 1): NewEvent {
  return sampleOf(`opened/${stage}/${attempt}`, {
    type: 'gate.opened',
    stage,
    attempt,
    gate: `${run}/${stage}/${attempt}`,
    question: 'Is this what was asked for?',
    digest: 'c'.repeat(64),
    roles: ['maintainer'],
    choices: ['approve', 'reject'],
    openedAt: sampleTime(0),
    expiresAt: sampleTime(86_400),
  });
}

/** Decides a run. */
export function sampleVerdict(): NewEvent {
  return sampleOf('verdict', {
    type: 'verdict.decided',
    verdict: 'ESCALATE',
    reason: { code: 'sample', message: 'sample' },
    metric: verdictMetric('sample', 'ESCALATE', 'sample'),
  });
}

/** Wraps any body as an event. */
export function sampleOf(key: string, body: EventBody): NewEvent {
  return { key, at: sampleTime(0), actor: 'sample', body };
}

/** A run id that no other caller of this function in any process gets. */
export function sampleRun(name: string): RunId {
  return parseRunId(`${name}-${crypto.randomUUID().slice(0, 8)}`);
}
