'use strict';

const optimist = require('optimist');
const { loadCatalogue } = require('./catalogue');
const { search } = require('./search');
const { Cart } = require('./cart');
const { promise } = require('./delivery');
const { isTill } = require('./network');
const { formatMoney } = require('./money');

const usage = 'Usage: shop search WORDS | shop bill SKU=COUNT... [--from ADDRESS] [--json]';

/** Runs one command line and returns what to print. */
function run(argv, now = new Date()) {
  const options = optimist(argv).boolean('json').string('from').alias('json', 'j').argv;
  const [command, ...rest] = options._.map(String);
  const catalogue = loadCatalogue();
  if (command === 'search') return searchText(catalogue, rest.join(' '));
  if (command === 'bill') return bill(catalogue, rest, { ...options, now });
  return usage;
}

function searchText(catalogue, words) {
  const lines = search(catalogue, words).map((item) => `${item.sku}  ${item.name}  ${formatMoney(item.price, catalogue.currency)}`);
  return lines.join('\n') || 'nothing found';
}

function bill(catalogue, wanted, { json, from, now }) {
  const cart = new Cart(catalogue, { staff: { percent: 10 } });
  for (const each of wanted) {
    const [sku, count = '1'] = each.split('=');
    cart.add(sku, Number(count));
  }
  const sums = cart.bill({ staff: isTill(from ?? '') });
  const ships = promise(cart.lines(), now);
  if (json) return JSON.stringify({ ...sums, ships });
  return `${formatMoney(sums.total, catalogue.currency)}, ships in ${ships}`;
}

module.exports = { run, usage };
