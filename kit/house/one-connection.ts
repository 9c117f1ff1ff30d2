import { AsyncLocalStorage } from 'node:async_hooks';
import { JidokaError } from '../../src/core/base/error.ts';
import type { Control } from '../../src/core/ports/control.ts';
import type { Engine } from '../../src/core/ports/engine.ts';
import type { Ledger } from '../../src/core/ports/ledger.ts';
import type { Tx } from '../../src/core/ports/tx.ts';

/**
 * Holds the machines of a house to one connection at a time, as a pool that is used up does: whoever asks beside an
 * open transaction, from within it, waits for a connection that is never given back.
 */
export class OneConnection {
  readonly #inside = new AsyncLocalStorage<Tx>();

  engine<Kind extends Engine>(engine: Kind): Kind {
    const beside = this.#beside;
    return {
      ...engine,
      transaction: <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
        beside('engine.transaction');
        return engine.transaction((tx) => this.#inside.run(tx, () => work(tx)));
      },
      work: (id: string) => (beside('engine.work'), engine.work(id)),
      executors: () => (beside('engine.executors'), engine.executors()),
    };
  }

  ledger<Kind extends Ledger>(ledger: Kind): Kind {
    const beside = this.#beside;
    return {
      ...ledger,
      append: (run, events, tx) => (beside('ledger.append', tx), ledger.append(run, events, tx)),
      read: (run, tx) => (beside('ledger.read', tx), ledger.read(run, tx)),
      find: (run, key) => (beside('ledger.find'), ledger.find(run, key)),
      runs: (filter) => (beside('ledger.runs'), ledger.runs(filter)),
      latest: (type, match) => (beside('ledger.latest'), ledger.latest(type, match)),
      openGates: (filter) => (beside('ledger.openGates'), ledger.openGates(filter)),
    } satisfies Ledger as unknown as Kind; // what a kind has beyond the port stays as it is
  }

  control(control: Control): Control {
    const beside = this.#beside;
    return {
      limits: () => (beside('control.limits'), control.limits()),
      setLimit: (limit, tx) => (beside('control.setLimit', tx), control.setLimit(limit, tx)),
      pauses: () => (beside('control.pauses'), control.pauses()),
      pause: (pause, tx) => (beside('control.pause', tx), control.pause(pause, tx)),
      unpause: (scope, tx) => (beside('control.unpause', tx), control.unpause(scope, tx)),
      reviews: (line) => (beside('control.reviews'), control.reviews(line)),
      awaitReview: (review, tx) => control.awaitReview(review, tx),
      reviewed: (id, by, tx) => (beside('control.reviewed', tx), control.reviewed(id, by, tx)),
      usage: () => (beside('control.usage'), control.usage()),
      works: (filter) => (beside('control.works'), control.works(filter)),
      retry: (work) => (beside('control.retry'), control.retry(work)),
    };
  }

  readonly #beside = (verb: string, tx?: Tx): void => {
    if (tx !== undefined || this.#inside.getStore() === undefined) return;
    throw new JidokaError('invariant', `${verb} was asked beside the open transaction, from within it.`, {
      mend: 'Ask before the transaction begins, or with its tx.',
    });
  };
}
