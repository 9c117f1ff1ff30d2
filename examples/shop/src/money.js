'use strict';

/** Reads a price such as "12.5" or "12.50" as whole cents. */
function toCents(text) {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new TypeError(`not a price: ${text}`);
  return Math.round(Number(text) * 100);
}

/** Writes cents as "12.50 EUR". */
function formatMoney(cents, currency) {
  return `${(cents / 100).toFixed(2)} ${currency}`;
}

/** Takes a share of an amount, rounded to whole cents. */
function percentOf(cents, percent) {
  return Math.round((cents * percent) / 100);
}

module.exports = { toCents, formatMoney, percentOf };
