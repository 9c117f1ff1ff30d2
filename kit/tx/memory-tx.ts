import { JidokaError } from '../../src/core/base/error.ts';
import type { Tx } from '../../src/core/ports/tx.ts';

/** Transactions of machines that live in this process: one at a time, and all that one did is undone where it throws. */
export interface MemoryTransactions {
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

/**
 * Makes the transactions that the machines of one factory in memory share.
 *
 * @example
 * const { transaction } = memoryTransactions();
 * await transaction(async (tx) => {
 *   kept.push('a');
 *   rollbackWith(tx, () => kept.pop());
 * });
 */
export function memoryTransactions(): MemoryTransactions {
  let last: Promise<unknown> = Promise.resolve();
  return {
    transaction(work) {
      const result = last.then(() => within(work));
      last = result.catch(() => {});
      return result;
    },
  };
}

/** Says how to undo what was just done in a transaction. What was done last is undone first. */
export function rollbackWith(tx: Tx, undo: () => void): void {
  open(tx).undos.push(undo);
}

/** Does something once the transaction has held: waking those who wait, for instance. */
export function commitWith(tx: Tx, then: () => void): void {
  open(tx).thens.push(then);
}

class MemoryTx {
  readonly undos: (() => void)[] = [];
  readonly thens: (() => void)[] = [];
  isOpen = true;
}

async function within<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  const own = new MemoryTx();
  const result = await attempted(own, work);
  for (const then of own.thens) then();
  return result;
}

async function attempted<T>(own: MemoryTx, work: (tx: Tx) => Promise<T>): Promise<T> {
  try {
    return await work(own as unknown as Tx); // a Tx is opaque: this is what it is in memory
  } catch (error) {
    for (const undo of own.undos.toReversed()) undo();
    throw error;
  } finally {
    own.isOpen = false;
  }
}

function open(tx: Tx): MemoryTx {
  const own: unknown = tx;
  if (own instanceof MemoryTx && own.isOpen) return own;
  throw new JidokaError('invariant', 'A transaction was used that is not open in this memory.', {
    mend: 'Use a transaction only inside the function it was given to.',
  });
}
