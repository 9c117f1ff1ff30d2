'use strict';

const merge = require('deepmerge');
const { percentOf } = require('./money');

const standardRules = {
  discount: { from: 10000, percent: 5 },
  shipping: { perKilo: 300, minimum: 490, freeFrom: 5000 },
  staff: { percent: 0 },
};

/** A cart over a catalogue; `rules` are merged over the standard ones. */
class Cart {
  #lines = new Map();

  constructor(catalogue, rules = {}) {
    this.catalogue = catalogue;
    this.rules = merge(standardRules, rules);
  }

  add(sku, count = 1) {
    if (!this.catalogue.bySku.has(sku)) throw new RangeError(`no such item: ${sku}`);
    if (!Number.isInteger(count) || count < 1) throw new RangeError(`not a count: ${count}`);
    this.#lines.set(sku, (this.#lines.get(sku) ?? 0) + count);
    return this;
  }

  remove(sku) {
    this.#lines.delete(sku);
    return this;
  }

  lines() {
    return [...this.#lines].map(([sku, count]) => {
      const item = this.catalogue.bySku.get(sku);
      return { item, count, amount: item.price * count };
    });
  }

  /** Adds everything up, in cents. */
  bill({ staff = false } = {}) {
    const goods = this.lines().reduce((sum, line) => sum + line.amount, 0);
    const percent = (goods >= this.rules.discount.from ? this.rules.discount.percent : 0) + (staff ? this.rules.staff.percent : 0);
    const discount = percentOf(goods, percent);
    const shipping = this.#shipping(goods - discount);
    return { goods, discount, shipping, total: goods - discount + shipping };
  }

  #shipping(goods) {
    const { perKilo, minimum, freeFrom } = this.rules.shipping;
    if (goods === 0 || goods >= freeFrom) return 0;
    const kilos = this.lines().reduce((sum, line) => sum + line.item.weight * line.count, 0);
    return Math.max(minimum, Math.ceil(kilos * perKilo));
  }
}

module.exports = { Cart, standardRules };
