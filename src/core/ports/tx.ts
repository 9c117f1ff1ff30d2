declare const brand: unique symbol;

/**
 * A transaction of the record: all that is done with one happens, or nothing of it. Only machines look inside; the
 * ledger and the engine of one factory share theirs.
 */
export interface Tx {
  readonly [brand]: 'Tx';
}
