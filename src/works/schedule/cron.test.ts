import { describe, expect, it } from 'vitest';
import { nextDue } from './cron.ts';

describe('a pattern', () => {
  it.each([
    ['0 6 * * 1', 'UTC', '2026-11-20T00:00:00.000Z', '2026-11-23T06:00:00.000Z'],
    ['0 6 * * 1', 'Europe/Berlin', '2026-11-20T00:00:00.000Z', '2026-11-23T05:00:00.000Z'],
    ['@daily', 'UTC', '2026-11-20T00:00:00.000Z', '2026-11-21T00:00:00.000Z'],
    ['*/10 * * * * *', 'UTC', '2026-11-20T00:00:00.000Z', '2026-11-20T00:00:10.000Z'],
  ])('%s in %s is due after %s at %s', (cron, timezone, after, due) => {
    expect(nextDue({ cron, timezone }, after)).toBe(due);
  });

  it('keeps to the hour of its place on both sides of summer time', () => {
    const six = { cron: '0 6 * * *', timezone: 'Europe/Berlin' };
    expect(nextDue(six, '2026-03-28T12:00:00.000Z')).toBe('2026-03-29T04:00:00.000Z');
    expect(nextDue(six, '2026-10-24T12:00:00.000Z')).toBe('2026-10-25T05:00:00.000Z');
  });

  it('in the hour that summer time leaves out is due once on that day, and in the hour that comes twice once too', () => {
    const night = { cron: '30 2 * * *', timezone: 'Europe/Berlin' };
    const spring = nextDue(night, '2026-03-28T12:00:00.000Z') ?? '';
    expect(spring.slice(0, 10)).toBe('2026-03-29');
    expect(nextDue(night, spring)).toBe('2026-03-30T00:30:00.000Z');
    const autumn = nextDue(night, '2026-10-24T12:00:00.000Z') ?? '';
    expect(autumn.slice(0, 10)).toBe('2026-10-25');
    expect(nextDue(night, autumn)).toBe('2026-10-26T01:30:00.000Z');
  });

  it('that is never due again gives null', () => {
    expect(nextDue({ cron: '0 0 30 2 *', timezone: 'UTC' }, '2026-01-01T00:00:00.000Z')).toBeNull();
  });

  it.each([
    ['every day', 'UTC'],
    ['99 * * * *', 'UTC'],
    ['0 6 * * *', 'Mars/Olympus'],
  ])('that cannot be read is told: %s in %s', (cron, timezone) => {
    expect(() => nextDue({ cron, timezone }, '2026-01-01T00:00:00.000Z')).toThrow(expect.objectContaining({ code: 'limit-invalid' }));
  });
});
