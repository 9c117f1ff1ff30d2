import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LedgerEvent } from '../../src/core/evidence/event.ts';
import type { RunDetails, RunResult } from '../../src/core/ports/factory.ts';
import type { Role } from './boundaries.ts';
import { likenessOfBundle, likenessOfEvents } from './likeness.ts';
import type { Trial } from './trial.ts';

/** What is left of a trial in the record, of each of its runs. */
export type TrialRecord = ReadonlyMap<Role, RunRecord>;

export interface RunRecord {
  readonly run: string;
  readonly events: readonly LedgerEvent[];
  readonly result: RunResult;
  readonly bundle: string;
  /** The same for every run of this role, whatever was killed meanwhile. */
  readonly likeness: Likeness;
}

export interface Likeness {
  readonly verdict: string;
  readonly reason: string;
  readonly bundle: string;
  readonly events: string;
}

/** Reads what the factory has of a trial. Throws where a run has no result. */
export async function recordOf({ house, key, cast }: Trial): Promise<TrialRecord> {
  const names = { key, cast };
  const records = [...cast].map(async ([run, role]): Promise<readonly [Role, RunRecord]> => {
    const { result, events } = await house.ask<RunDetails>(['show', run]);
    if (result === null) throw new Error(`${role} (${run}) has no result`);
    const bundle = await readFile(join(result.evidence.dir, 'bundle.json'), 'utf8');
    const likeness = {
      verdict: result.verdict,
      reason: `${result.reason.code}: ${result.reason.message}`,
      bundle: likenessOfBundle(JSON.parse(bundle), names),
      events: likenessOfEvents(events, names),
    };
    return [role, { run, events, result, bundle, likeness }];
  });
  return new Map(await Promise.all(records));
}
