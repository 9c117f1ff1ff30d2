import type { SlotRow } from '../../../../core/ports/gateway/gateway-door.ts';
import { type CommandRecord, jsonOption } from '../../command.ts';
import { readGatewayFile } from '../../input-files.ts';
import { type Page, plain } from '../../page.ts';
import { configOption } from './settings.ts';

/** `jidoka models`: what each slot resolves to, and why. */
export const models: CommandRecord = {
  path: ['models'],
  summary: 'what each model slot leads to, in order, and what is never asked',
  arguments: [],
  options: [configOption, jsonOption],
  examples: ['models --config factory.yaml'],
  run: async (call) => {
    const { world } = call;
    const [file, gateway] = await Promise.all([readGatewayFile(call.text('config') ?? '', world.cwd), world.loadGateway()]);
    const slots = await gateway.describe(gateway.read(file), world.env);
    return { exitCode: 0, document: { slots }, text: (page) => slots.flatMap((row) => textOf(row, page)).join('\n') };
  },
};

function textOf({ via, models: tried }: SlotRow, { paint }: Page): readonly string[] {
  const [slot = '', ...rest] = via;
  const upstreams = tried.flatMap(({ upstreams: all }) => all);
  return [
    `${paint.bold(plain(slot))}${rest.map((name) => ` -> ${plain(name)}`).join('')}`,
    ...upstreams.map(({ at, vendor, region, passes, price, why }, rank) => {
      const cost = price === 'unpriced' ? 'unpriced' : `$${price.input}/$${price.output} per million, as of ${price.asOf}`;
      const what = why === null ? `passes ${passes.join(', ')}; ${cost}; ${vendor} in ${region}` : why;
      return `  ${rank + 1}. ${plain(at)}  ${why === null ? paint.dim(plain(what)) : paint.yellow(plain(what))}`;
    }),
  ];
}
