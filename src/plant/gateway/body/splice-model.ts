import type { Span } from './top-level.ts';

/**
 * A body that names another model, and is the same in every other byte.
 *
 * @example
 * spliceModel(Buffer.from('{"model":"coder"}'), { from: 9, to: 16 }, 'big-4.5'); // {"model":"big-4.5"}
 */
export function spliceModel(body: Buffer, { from, to }: Span, model: string): Buffer {
  return Buffer.concat([body.subarray(0, from), Buffer.from(JSON.stringify(model)), body.subarray(to)]);
}
