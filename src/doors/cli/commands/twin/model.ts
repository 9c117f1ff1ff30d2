import { resolve } from 'node:path';
import { type Call, type CommandRecord, jsonOption } from '../../command.ts';
import { readTwinFile } from '../../input-files.ts';
import { facts, pageOf, plain } from '../../page.ts';
import { numberOf } from '../daemon/offer.ts';

/** `jidoka twin model`: a local double of model APIs, until a signal ends it. */
export const twinModel: CommandRecord = {
  path: ['twin', 'model'],
  summary: 'be a model: answer agents on this machine by a script, without keys',
  arguments: [],
  options: [
    { flags: '--scenario <file>', description: 'what is answered, as docs/TWIN.md has it' },
    { flags: '--replay <file>', description: 'a tape whose answers are given again' },
    { flags: '--tape <file>', description: 'write every call down here, one line of JSON each' },
    { flags: '--port <n>', description: 'port of 127.0.0.1; 0 takes any that is free', preset: '0' },
    jsonOption,
  ],
  examples: ['twin model --scenario fix.yaml --tape calls.jsonl', 'twin model --replay calls.jsonl --port 8791'],
  run: async (call) => {
    const { stopOrders } = await import('../../../daemon/index.ts');
    const orders = stopOrders(call.world);
    try {
      const twin = await opened(call);
      tell(call, twin.url);
      await orders.first;
      await twin.close();
    } finally {
      orders.forget();
    }
    return { exitCode: 0, document: null, text: () => 'Stopped.' };
  },
};

async function opened(call: Call): Promise<{ readonly url: string; close(): Promise<void> }> {
  const { world } = call;
  const read = async (option: string) => {
    const path = call.text(option);
    return path === null ? null : readTwinFile(path, world.cwd);
  };
  const tape = call.text('tape');
  const port = numberOf(call, 'port', { least: 0, most: 65_535 });
  const [scenario, replay, open] = await Promise.all([read('scenario'), read('replay'), world.loadModelTwin()]);
  return open({ scenario, replay, tape: tape === null ? null : resolve(world.cwd, tape), port });
}

/** Said as soon as it answers: whoever started it waits for this line. */
function tell(call: Call, url: string): void {
  const { stdout, env } = call.world;
  const what = call.text('replay') ?? call.text('scenario');
  if (call.flag('json')) return stdout.write(`${JSON.stringify({ url })}\n`);
  const page = pageOf(stdout, env);
  const rows: [string, string][] = [
    ['url', url],
    ['plays', what === null ? 'no scenario: it only says what it is' : plain(what)],
    ['docs', 'docs/TWIN.md; Ctrl-C stops it'],
  ];
  stdout.write(`${page.paint.green('●')} The model twin listens.\n${facts(rows, page).join('\n')}\n`);
}
