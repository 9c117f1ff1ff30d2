import { scratch } from '../runner/reporters/lines.ts';

export const dateFile = `${scratch}/date.cjs`;

/** A module that moves the clock of JavaScript by a fixed time; what the system says (files, processes) stays as it is. */
export const dateProgram = `'use strict';
const Real = Date;
const shift = Number(process.env.JIDOKA_DATE_SHIFT_MS || 0);
function Moved(...given) {
  if (new.target === undefined) return new Real(Real.now() + shift).toString();
  return Reflect.construct(Real, given.length === 0 ? [Real.now() + shift] : given, new.target);
}
Object.setPrototypeOf(Moved, Real);
Moved.prototype = Real.prototype;
Object.defineProperty(Moved, 'name', { value: 'Date' });
Object.defineProperty(Moved, 'length', { value: 7 });
Moved.now = () => Real.now() + shift;
Object.defineProperty(Real.prototype, 'constructor', { value: Moved, writable: true, configurable: true });
globalThis.Date = Moved;
`;

/** Dates on which programs are known to stumble, each the next one after now. Pure. */
export function datesAfter(now: string): readonly string[] {
  const year = new Date(now).getUTCFullYear() + 1;
  const leap = year + ((4 - (year % 4)) % 4);
  return [
    `${leap}-02-29T12:00:00.000Z`,
    `${year - 1}-12-31T23:59:55.000Z`,
    `${year}-01-31T12:00:00.000Z`,
    // A second before the clocks of Europe go forward, on the last Sunday of March.
    `${year}-03-${lastSunday(year, 2)}T00:59:59.000Z`,
    // A minute past midnight of a Sunday.
    `${year}-10-${lastSunday(year, 9)}T00:01:00.000Z`,
    '2038-01-19T03:14:06.000Z',
  ];
}

function lastSunday(year: number, month: number): number {
  const last = new Date(Date.UTC(year, month + 1, 0));
  return last.getUTCDate() - last.getUTCDay();
}
