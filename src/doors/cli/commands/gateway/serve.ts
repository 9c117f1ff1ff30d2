import { resolve } from 'node:path';
import type { OpenGateway } from '../../../../core/ports/gateway/gateway-door.ts';
import { type Call, type CommandRecord, jsonOption } from '../../command.ts';
import { facts, pageOf, plain } from '../../page.ts';
import { numberOf } from '../daemon/offer.ts';
import { configOption, namedPlace, ownersOf } from './settings.ts';

/** `jidoka gateway serve`: a model gateway on this machine, until a signal ends it. */
export const gatewayServe: CommandRecord = {
  path: ['gateway', 'serve'],
  summary: 'be the model gateway of agents on this machine',
  arguments: [],
  options: [
    configOption,
    { flags: '--port <n>', description: 'port of 127.0.0.1; 0 takes any that is free', preset: '7411' },
    { flags: '--socket <path>', description: 'listen on this Unix socket instead' },
    { flags: '--key <place>', description: 'where the key that agents use lies, env:NAME or file:PATH; without it, one is made and shown' },
    { flags: '--record <file>', description: 'take every call down here, one line of JSON each, without keys and other secrets' },
    jsonOption,
  ],
  examples: [
    'gateway serve --config factory.yaml',
    'gateway serve --config factory.yaml --home ~/factory',
    'gateway serve --config factory.yaml --key env:GATEWAY_KEY --record calls.jsonl',
  ],
  run: async (call) => {
    const { stopOrders } = await import('../../../daemon/index.ts');
    const orders = stopOrders(call.world);
    try {
      const gateway = await opened(call);
      tell(call, gateway);
      await orders.first;
      await gateway.close();
    } finally {
      orders.forget();
    }
    return { exitCode: 0, document: null, text: () => 'Stopped.' };
  },
};

async function opened(call: Call): Promise<OpenGateway> {
  const { world } = call;
  const port = numberOf(call, 'port', { least: 0, most: 65_535 });
  const [socket, record] = [call.text('socket'), call.text('record')];
  const gateway = await world.loadGateway();
  return gateway.open({
    ...(await ownersOf(call, gateway)),
    listen: socket === null ? { port } : { socket: resolve(world.cwd, socket) },
    key: call.text('key'),
    record: record === null ? null : resolve(world.cwd, record),
    store: namedPlace(call),
    log: (line) => world.stderr.write(`${line}\n`),
  });
}

/** Said as soon as it answers: whoever started it waits for this line. A key that lies somewhere is not shown. */
function tell(call: Call, { url, token, slots }: OpenGateway): void {
  const { stdout, env } = call.world;
  const place = namedPlace(call);
  const isMade = call.text('key') === null;
  if (call.flag('json')) return stdout.write(`${JSON.stringify({ url, ...(isMade && { key: token }), slots })}\n`);
  const page = pageOf(stdout, env);
  const without = slots.flatMap(({ models }) =>
    models.flatMap(({ upstreams }) => upstreams.flatMap(({ at, why }) => (why === null ? [] : [`${at} ${why}`]))),
  );
  const rows: [string, string][] = [
    ['url', url],
    ['key', isMade ? token : plain(call.text('key') ?? '')],
    ['kept in', place === null ? 'memory, until it ends' : place.databaseUrl === null ? plain(place.home) : 'the database of the factory'],
    ['slots', slots.map(({ slot }) => slot).join(', ')],
    ...[...new Set(without)].map((why): [string, string] => ['unused', plain(why)]),
    ['docs', 'docs/GATEWAY.md; Ctrl-C stops it'],
  ];
  stdout.write(`${page.paint.green('●')} The model gateway listens.\n${facts(rows, page).join('\n')}\n`);
}
