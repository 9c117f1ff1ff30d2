import type { Factory, ServeOffer } from '../../../../core/ports/factory.ts';
import type { StopOrders } from '../../../daemon/index.ts';
import type { CommandRecord } from '../../command.ts';
import { warnUnconfined } from '../unconfined.ts';
import { withFactoryUntilStopped } from '../../with-factory.ts';
import { offerOf, offerOptions, offerText } from './offer.ts';

/** `jidoka worker`: serves a factory until a signal ends it. */
export const worker: CommandRecord = {
  path: ['worker'],
  summary: 'be one more worker, here or elsewhere with --database, until Ctrl-C',
  arguments: [],
  options: [...offerOptions, { flags: '--name <name>', description: 'name for people; without it, host and process' }],
  examples: ['worker', 'worker --queues stages --labels gpu --at-once 1', 'worker --database postgres://jidoka@db.example.com/jidoka'],
  run: async (call) => {
    const offer = offerOf(call, call.text('name'));
    const { stopOrders } = await import('../../../daemon/index.ts');
    const orders = stopOrders(call.world);
    try {
      await withFactoryUntilStopped(call, (factory, beside) => {
        warnUnconfined(call, beside);
        return serve(factory, offer, { orders, say: beside.say });
      });
    } finally {
      orders.forget();
    }
    return { exitCode: 0, document: { stopped: true }, text: () => 'Stopped.' };
  },
};

interface Around {
  readonly orders: StopOrders;
  say(line: string): void;
}

async function serve(factory: Factory, offer: ServeOffer, { orders, say }: Around): Promise<void> {
  const { serveUntilStopped } = await import('../../../daemon/index.ts');
  await serveUntilStopped({
    factory,
    offer,
    orders,
    say,
    ready: () => say(`Serves ${offerText(offer)}. Ctrl-C stops at once, SIGQUIT when what is in hand is done.`),
  });
}
