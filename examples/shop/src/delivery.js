'use strict';

const ms = require('ms');

/** The latest moment at which all items of the lines have left the house. */
function shipsBy(lines, now) {
  const longest = Math.max(0, ...lines.map((line) => duration(line.item.ships)));
  return new Date(now.getTime() + longest);
}

/** Tells a customer how long it takes: "2 days". */
function promise(lines, now) {
  return ms(shipsBy(lines, now).getTime() - now.getTime(), { long: true });
}

/** Tells whether a cart that was put aside is still held. */
function isHeld(since, now, holdFor = '20m') {
  return now.getTime() - since.getTime() < duration(holdFor);
}

function duration(text) {
  const milliseconds = ms(text);
  if (milliseconds === undefined) throw new TypeError(`not a duration: ${text}`);
  return milliseconds;
}

module.exports = { shipsBy, promise, isHeld };
