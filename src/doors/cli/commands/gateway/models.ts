import { unknownPriors, type UnknownPrior } from '../../../../core/gateway/routing/priors.ts';
import type { SlotRow } from '../../../../core/ports/gateway/gateway-door.ts';
import { type CommandRecord, jsonOption } from '../../command.ts';
import { type Page, plain } from '../../page.ts';
import { restText } from './rest-text.ts';
import { configOption, namedPlace, ownersOf, withStore } from './settings.ts';
import { settingText } from './setting-text.ts';

/** `jidoka models`: what each slot resolves to, and why; of a factory that is named, with what is set while it runs, and what its gateways leave alone. */
export const models: CommandRecord = {
  path: ['models'],
  summary: 'what each model slot leads to, in order, and what is never asked',
  arguments: [],
  options: [configOption, jsonOption],
  examples: ['models --config factory.yaml', 'models --config factory.yaml --home ~/factory'],
  run: async (call) => {
    const gateway = await call.world.loadGateway();
    const { config, ...places } = await ownersOf(call, gateway);
    const { settings, rests } =
      namedPlace(call) === null
        ? { settings: [], rests: [] }
        : await withStore(call, async (store) => ({ settings: await store.settings.list(), rests: await store.rests() }));
    const slots = await gateway.describe(config, places, settings);
    const set = settings.map(settingText);
    const isAnyNamed = Object.values(config.models).some(({ prior }) => prior !== undefined);
    const unknown = isAnyNamed ? unknownPriors(config, await (await call.world.loadShipped()).priors()) : [];
    const resting = new Map(rests.map((rest) => [rest.at, restText(rest)]));
    return {
      exitCode: 0,
      document: { slots, settings, rests, unknownPriors: unknown },
      text: (page) =>
        [...slots.flatMap((row) => textOf(row, resting, page)), ...set, ...unknown.map((one) => priorText(one, page))].join('\n'),
    };
  },
};

function priorText({ model, prior, mend }: UnknownPrior, { paint }: Page): string {
  return paint.yellow(plain(`Nothing is known of ${model} beforehand: no public figure has the name "${prior}", its "prior:". ${mend}`));
}

function textOf({ via, models: tried }: SlotRow, resting: ReadonlyMap<string, string>, { paint }: Page): readonly string[] {
  const [slot = '', ...rest] = via;
  const upstreams = tried.flatMap(({ upstreams: all }) => all);
  return [
    `${paint.bold(plain(slot))}${rest.map((name) => ` -> ${plain(name)}`).join('')}`,
    ...upstreams.map(({ at, vendor, region, passes, by, price, why: never }, rank) => {
      const why = never ?? resting.get(at) ?? null;
      const cost = price === 'unpriced' ? 'unpriced' : `$${price.input}/$${price.output} per million, as of ${price.asOf}`;
      const how = by === null ? `passes ${passes.join(', ')}` : `by ${by}`;
      const what = why === null ? `${how}; ${cost}; ${vendor} in ${region}` : why;
      return `  ${rank + 1}. ${plain(at)}  ${why === null ? paint.dim(plain(what)) : paint.yellow(plain(what))}`;
    }),
  ];
}
