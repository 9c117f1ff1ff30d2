'use strict';

const escapeStringRegexp = require('escape-string-regexp');

/** Finds items whose name contains every word, whatever its case; the words are plain text, not patterns. */
function search(catalogue, words) {
  const patterns = words.trim().split(/\s+/).filter(Boolean).map(pattern);
  return catalogue.items.filter((item) => patterns.every((each) => each.test(item.name)));
}

/** Marks each hit of a word in a name, as <b>hit</b>. */
function highlight(name, word) {
  return name.replace(new RegExp(escapeStringRegexp(word), 'gi'), (hit) => `<b>${hit}</b>`);
}

function pattern(word) {
  return new RegExp(escapeStringRegexp(word), 'i');
}

module.exports = { search, highlight };
