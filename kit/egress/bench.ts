import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { Egress, EgressGate, EgressOrder, EgressRefusal } from '../../src/core/ports/egress.ts';
import { fakePackage, type FakePackage } from '../registry/index.ts';
import { deskDouble, type DeskDouble } from './desk-double.ts';
import { jobRepositories, type JobRepositories } from './job-repositories.ts';
import { modelDouble, type ModelDouble } from './model-double.ts';

/** What the egress under test leads to. */
export interface EgressWorld {
  /** Packages that the registries know; those of `@scope` in a registry of their own, where the machine can tell. */
  readonly packages: readonly FakePackage[];
  readonly model: ModelDouble;
  readonly git: JobRepositories;
  readonly desk: DeskDouble;
}

/** An egress under test, with all that it was made of. */
export interface EgressUnderTest {
  readonly egress: Egress;
  end(): Promise<void>;
}

/** One gate of the egress, made anew for each test. */
export interface Bench {
  readonly world: EgressWorld;
  readonly egress: Egress;
  readonly folder: string;
  readonly socket: string;
  readonly gate: EgressGate;
  readonly refusals: readonly EgressRefusal[];
}

const packages: readonly FakePackage[] = [
  fakePackage('plain', { '1.0.0': {}, '1.1.0': {} }),
  fakePackage('npm', { '1.0.0': {} }),
  fakePackage('git', { '1.0.0': {} }),
  fakePackage('report', { '1.0.0': {} }),
  fakePackage('@scope/scoped', { '0.1.0': {} }),
];

/** Prepares the world once and a gate for each test, of job `one` with every capability; to be called within a suite. */
export function benches(make: (world: EgressWorld) => Promise<EgressUnderTest>): () => Bench {
  let world: EgressWorld;
  let under: EgressUnderTest;
  let bench: Bench;
  beforeAll(async () => {
    world = { packages, model: await modelDouble(), git: await jobRepositories(), desk: deskDouble() };
    await world.git.make('one');
    under = await make(world);
  });
  afterAll(async () => {
    await under.end();
    await Promise.all([world.model.close(), world.git.close()]);
  });
  beforeEach(async () => {
    world.model.reset();
    world.desk.reset();
    const folder = await mkdtemp(join(tmpdir(), 'jidoka-egress-'));
    const refusals: EgressRefusal[] = [];
    const order = { ...orderAt(join(folder, 'out')), refused: (refusal: EgressRefusal) => void refusals.push(refusal) };
    bench = { world, egress: under.egress, folder, socket: order.socket, gate: await under.egress.serve(order), refusals };
  });
  afterEach(async () => {
    await bench.gate.close();
    await rm(bench.folder, { recursive: true, force: true });
  });
  return () => bench;
}

/** What a floor orders for job `one`, with every capability. */
export function orderAt(socket: string): EgressOrder {
  return { socket, user: null, job: 'one', routes: ['npm', 'model', 'git', 'report'], refused: () => undefined };
}

/** Where npm asks for packages. */
export function npmRootOf(gate: EgressGate): string {
  return new URL(gate.environment(4873)['npm_config_registry'] ?? '').pathname;
}
