import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FoundAgent } from '../../core/ports/stations/agents.ts';
import type { Floor } from '../../core/ports/floor.ts';
import { systemClock } from '../../plant/clock/index.ts';
import { hostFloor } from '../../plant/floor/index.ts';
import { whereOnFloor } from './where-on-floor.ts';

let root: string;
let floor: Floor;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'jidoka-where-'));
  floor = hostFloor({ root, clock: systemClock(), env: process.env, log: () => undefined });
});
afterAll(() => rm(root, { recursive: true, force: true }));

function agent(
  name: string,
  program: string,
  path: string | null,
): { readonly name: string; readonly program: string; readonly found: FoundAgent | null } {
  return { name, program, found: path === null ? null : { agent: name, path, version: '1.0.0', from: 'path' } };
}

it('a floor of this host has agents where they were found, or has them not', async () => {
  const agents = [agent('here', 'sh', '/bin/sh'), agent('gone', 'nothing-of-the-kind', '/not/there'), agent('unknown', 'sh', null)];
  expect(Object.fromEntries(await whereOnFloor(agents, floor))).toEqual({
    here: { kind: 'there', path: '/bin/sh' },
    gone: { kind: 'missing' },
  });
  expect(await floor.list()).toEqual([]);
});

it('a floor elsewhere has those of its own PATH, whatever this host has', async () => {
  const elsewhere: Floor = { ...floor, kind: 'ssh' };
  const agents = [agent('here', 'nothing-of-the-kind', '/bin/sh'), agent('there', 'env', null)];
  const found = await whereOnFloor(agents, elsewhere);
  expect(Object.fromEntries(found)).toEqual({ here: { kind: 'missing' }, there: { kind: 'there', path: expect.stringMatching(/\/env$/) } });
});

it('no workspace is opened where there is nothing to ask for', async () => {
  const never: Floor = { ...floor, kind: 'sandbox', open: () => Promise.reject(new Error('opened')) };
  expect(await whereOnFloor([agent('unknown', 'sh', null)], never)).toEqual(new Map());
});
