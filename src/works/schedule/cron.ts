import { Cron } from 'croner';
import { JidokaError } from '../../core/base/error.ts';

/** When a schedule is due. */
export interface Pattern {
  readonly cron: string;
  /** IANA name. */
  readonly timezone: string;
}

/**
 * The first time after `after` (ISO) at which a pattern is due, as ISO, or null where there is none.
 * Throws `limit-invalid` for a pattern or a time zone that cannot be read.
 *
 * @example
 * nextDue({ cron: '0 6 * * 1', timezone: 'UTC' }, '2026-11-20T00:00:00.000Z'); // '2026-11-23T06:00:00.000Z'
 */
export function nextDue({ cron, timezone }: Pattern, after: string): string | null {
  try {
    return new Cron(cron, { timezone, paused: true }).nextRun(new Date(after))?.toISOString() ?? null;
  } catch (cause) {
    throw new JidokaError('limit-invalid', `The schedule "${cron}" (${timezone}) cannot be read: ${messageOf(cause)}`, {
      mend: 'Give five fields, as in "0 6 * * 1" for Mondays at six, and an IANA time zone such as Europe/Berlin.',
      cause,
    });
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
