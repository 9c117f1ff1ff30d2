'use strict';

const fs = require('node:fs');
const path = require('node:path');
const JSON5 = require('json5');

const ownCatalogue = path.join(__dirname, '..', 'catalogue.json5');

/** Reads a catalogue from JSON5 text and checks every item. */
function parseCatalogue(text) {
  const { currency, items } = JSON5.parse(text);
  const bySku = new Map();
  for (const item of items) {
    if (!Number.isInteger(item.price) || item.price < 0) throw new TypeError(`${item.sku}: price must be whole cents`);
    if (bySku.has(item.sku)) throw new TypeError(`${item.sku}: listed twice`);
    bySku.set(item.sku, Object.freeze({ ...item }));
  }
  return { currency, items: [...bySku.values()], bySku };
}

/** Reads the catalogue that comes with the shop. */
function loadCatalogue(file = ownCatalogue) {
  return parseCatalogue(fs.readFileSync(file, 'utf8'));
}

/** Writes a catalogue back as JSON5 with two spaces. */
function printCatalogue({ currency, items }) {
  return JSON5.stringify({ currency, items }, null, 2);
}

module.exports = { parseCatalogue, loadCatalogue, printCatalogue };
