'use strict';

const ip = require('ip');

const tills = ip.cidrSubnet('10.20.0.0/16');

/** Staff prices are only given at the tills of the shop. */
function isTill(address) {
  return ip.isV4Format(address) && tills.contains(address);
}

/** Hides the last part of a customer's address before it is logged. */
function anonymise(address) {
  return ip.mask(address, '255.255.255.0');
}

module.exports = { isTill, anonymise };
