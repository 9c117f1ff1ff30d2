import { JidokaError } from '../../../../core/base/error.ts';
import { meant } from '../../../../core/base/nearest.ts';
import { type GatewayNames, gatewayNames } from '../../../../core/gateway/config/gateway-names.ts';
import type { LiveSetting } from '../../../../core/gateway/config/setting.ts';
import { parseDuration } from '../../../../core/line/duration.ts';
import type { GatewayDoor, ModelStore } from '../../../../core/ports/gateway/gateway-door.ts';
import { type Call, type CommandRecord, jsonOption } from '../../command.ts';
import { plain } from '../../page.ts';
import { configOf, configOption, withStore } from './settings.ts';
import { settingText } from './setting-text.ts';

const forOption = { flags: '--for <time>', description: 'for so long, as in 30m, 2h or 1d; without it, until it is lifted' } as const;

/** `jidoka models swap SLOT MODEL`: what running gateways fill a slot by, from the next call on. */
export const modelsSwap: CommandRecord = {
  path: ['models', 'swap'],
  summary: 'fill a slot by another model, live',
  arguments: [
    { syntax: '<slot>', description: 'slot that agents name' },
    { syntax: '<model>', description: 'model, plan or other slot that fills it from now on' },
  ],
  options: [
    forOption,
    { ...configOption, description: 'check the names against this factory file, not against the gateways that run' },
    jsonOption,
  ],
  examples: ['models swap coder cheap', 'models swap coder cheap --for 1h'],
  run: async (call) => {
    const [slot = '', to = ''] = call.arguments;
    const forMs = forMsOf(call);
    const set = await withStore(call, async (store, gateway) => {
      refuseUnknown(await namesFor(call, store, gateway), slot, to);
      refuseCircle(await store.settings.list(), slot, to);
      const until = forMs === null ? null : new Date((await store.now()) + forMs).toISOString();
      await store.settings.set({ what: { kind: 'swap', slot, to }, until, by: call.world.actor });
      return (await store.settings.list()).find(({ what }) => what.kind === 'swap' && what.slot === slot) ?? null;
    });
    return {
      exitCode: 0,
      document: { set },
      text: () => (set === null ? 'It is over already.' : `Gateways take it over within a second.\n${settingText(set)}`),
    };
  },
};

/** `jidoka models unswap SLOT`: back to what the factory file says. */
export const modelsUnswap: CommandRecord = {
  path: ['models', 'unswap'],
  summary: 'fill a slot as the factory file says again, live',
  arguments: [{ syntax: '<slot>', description: 'slot that was swapped' }],
  options: [jsonOption],
  examples: ['models unswap coder'],
  run: async (call) => {
    const [slot = ''] = call.arguments;
    const what = { kind: 'swap', slot, to: '' } as const;
    const { lifted, left } = await withStore(call, async ({ settings }) => ({
      lifted: await settings.lift(what, call.world.actor),
      left: await settings.list(),
    }));
    if (!lifted) throw new JidokaError('usage', `The slot "${slot}" is not swapped.`, { mend: swapped(left) });
    return {
      exitCode: 0,
      document: { lifted: { slot } },
      text: () => `${plain(slot)} is filled as the factory file says, within a second.`,
    };
  },
};

function swapped(settings: readonly LiveSetting[]): string {
  const slots = settings.flatMap(({ what }) => (what.kind === 'swap' ? [what.slot] : []));
  return slots.length === 0 ? 'None is.' : `Those are: ${slots.join(', ')}.`;
}

/** Milliseconds of `--for`; null where it was not given. Throws `usage`. */
export function forMsOf(call: Call): number | null {
  const text = call.text('for');
  if (text === null) return null;
  const ms = /^\d{1,6}(?:s|m|h|d)$/.test(text) ? parseDuration(text) : 0;
  if (ms > 0) return ms;
  throw new JidokaError('usage', `--for ${text} is no time.`, { mend: 'Give a number and s, m, h or d, as in --for 1h.' });
}

/** Names to check against: those of a file that is named, or else of gateways that run; where none does, of the file of the factory. */
async function namesFor(call: Call, { settings }: ModelStore, gateway: GatewayDoor): Promise<readonly GatewayNames[]> {
  const running = call.text('config') === null ? await settings.known() : [];
  // A factory starts its gateway when the first job asks it: until then the file says what there is.
  return running.length > 0 ? running : [gatewayNames(await configOf(call, gateway))];
}

/** Gateways leave a swap alone that leads back to its own slot: whoever sets it is to know. */
function refuseCircle(settings: readonly LiveSetting[], slot: string, to: string): void {
  const swaps = new Map(settings.flatMap(({ what }) => (what.kind === 'swap' ? [[what.slot, what.to]] : [])));
  const way = [slot, to];
  for (let at = to; at !== slot; way.push(at)) {
    const next = swaps.get(at);
    if (next === undefined || way.slice(1).includes(next)) return;
    at = next;
  }
  const mend = to === slot ? 'Name another one.' : `Lift the other swap first: \`jidoka models unswap ${to}\`.`;
  throw new JidokaError('usage', `The slot "${slot}" would be filled by itself: ${way.join(' -> ')}.`, { mend });
}

function refuseUnknown(all: readonly GatewayNames[], slot: string, to: string): void {
  const slots = [...new Set(all.flatMap((names) => names.slots))];
  const fillings = [...new Set(all.flatMap((names) => names.fillings))];
  if (!slots.includes(slot)) throw new JidokaError('usage', `No slot is named "${slot}".`, { mend: meant(slot, slots) });
  if (!fillings.includes(to)) throw new JidokaError('usage', `No model, plan or slot is named "${to}".`, { mend: meant(to, fillings) });
}
