import { JidokaError } from '../../../../core/base/error.ts';
import { parseDuration } from '../../../../core/line/duration.ts';
import type { Purged } from '../../../../core/ports/gateway/call-purge.ts';
import { type Call, type CommandRecord, jsonOption } from '../../command.ts';
import { minute } from '../../page.ts';
import { withStore } from './settings.ts';

const dayMs = 24 * 60 * 60_000;
/** Of what is younger nobody can tell whether it is still being written. */
const leastMs = 3 * dayMs;

/** `jidoka gateway purge`: removes what is old of the record of calls, of runs that have ended. */
export const gatewayPurge: CommandRecord = {
  path: ['gateway', 'purge'],
  summary: 'remove what is old of the record of calls',
  arguments: [],
  options: [
    { flags: '--older-than <time>', description: 'only calls that came longer ago, 3d at the least, as in 30d' },
    { flags: '--bodies', description: 'only what was said; what calls were, and came to, stays' },
    jsonOption,
  ],
  examples: ['gateway purge --older-than 30d --bodies', 'gateway purge --older-than 365d'],
  run: async (call) => {
    const ms = ageOf(call);
    const what = call.flag('bodies') ? 'bodies' : 'calls';
    const { before, purged, tidied } = await withStore(call, async (store) => {
      const since = new Date((await store.now()) - ms).toISOString();
      return { before: since, purged: await store.purge({ what, before: since, by: call.world.actor }), tidied: await store.tidy() };
    });
    return { exitCode: 0, document: { what, before, purged, tidied }, text: () => purgeText(purged, before) };
  },
};

function ageOf(call: Call): number {
  const text = call.text('older-than');
  const mend = 'Give days or hours, three days at the least, as in --older-than 30d.';
  if (text === null) throw new JidokaError('usage', '--older-than was not given.', { mend });
  const ms = /^\d{1,6}(?:h|d)$/.test(text) ? parseDuration(text) : 0;
  if (ms >= leastMs) return ms;
  throw new JidokaError('usage', `--older-than ${text} is no time of three days or more.`, { mend });
}

function purgeText({ bodies, bytes, calls, open }: Purged, before: string): string {
  const stays = open === 0 ? '' : ` ${open} calls stay: their runs have not ended.`;
  return `Of before ${minute(before)} UTC, ${bodies} bodies (${(bytes / 1e6).toFixed(1)} MB) and ${calls} calls were removed.${stays}`;
}
