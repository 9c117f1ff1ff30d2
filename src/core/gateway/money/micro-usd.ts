import { JidokaError } from '../../base/error.ts';

/**
 * Money is counted in whole millionths of a US dollar, as plain integers: sums come out alike in whatever order processes
 * settle, a cap is met exactly, and a safe integer holds nine billion dollars. docs/decisions/0023 says more.
 */
export type MicroUsd = number;

/**
 * Money as people write it, in whole millionths. Throws `invariant` for what is no amount that can be counted.
 *
 * @example
 * microUsd(0.25); // 250_000
 */
export function microUsd(usd: number): MicroUsd {
  const micro = Math.round(usd * 1e6);
  if (Number.isSafeInteger(micro)) return micro === 0 ? 0 : micro;
  throw new JidokaError('invariant', `${usd} USD is no amount that can be counted.`, { mend: 'Report this as a bug of jidoka.' });
}

/**
 * Money in words: cents, and as many digits more as a small amount needs to be seen.
 *
 * @example
 * inUsd(1_940_000); // '$1.94'
 * inUsd(420); // '$0.00042'
 */
export function inUsd(micro: MicroUsd): string {
  return Math.abs(micro) >= 10_000 ? `${micro < 0 ? '-' : ''}$${(Math.abs(micro) / 1e6).toFixed(2)}` : inUsdExactly(micro);
}

/**
 * Money in words to the last millionth: for what is compared.
 *
 * @example
 * inUsdExactly(44_800); // '$0.0448'
 */
export function inUsdExactly(micro: MicroUsd): string {
  const exact = (Math.abs(micro) / 1e6).toFixed(6).replace(/(\.\d\d\d*?)0+$/, '$1');
  return `${micro < 0 ? '-' : ''}$${exact}`;
}
