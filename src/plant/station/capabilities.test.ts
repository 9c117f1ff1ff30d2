import { expect, test } from 'vitest';
import { capabilities, configuredDriver, driverNamed, namedDrivers } from './index.ts';

test('every driver has a row of its own, and no row is of a driver that is not there', () => {
  const rows = capabilities.map(({ driver }) => driver);
  expect(rows.toSorted()).toEqual(
    [...namedDrivers.map(({ name }) => name), configuredDriver({ args: [], env: {} }).name, 'model:NAME'].toSorted(),
  );
  expect(rows.length).toBeGreaterThan(8);
});

test('a driver is found by its name alone', () => {
  for (const { name } of namedDrivers) expect(driverNamed(name)?.name).toBe(name);
  expect(driverNamed('no-such-driver')).toBeNull();
});
