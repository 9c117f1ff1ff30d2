import { describe } from 'vitest';
import { benches, type Bench, type EgressUnderTest, type EgressWorld } from './bench.ts';
import { gateContract } from './gate-contract.ts';
import { gitContract } from './git-contract.ts';
import { modelContract } from './model-contract.ts';
import { npmContract } from './npm-contract.ts';
import { refusalsContract } from './refusals-contract.ts';
import { reportContract } from './report-contract.ts';

/**
 * What every egress promises. `make` is called once, with the world that is to stand behind it. Needs git.
 *
 * @example
 * egressContract('over a unix socket', async ({ packages, model, git, desk }) => underTest(packages, { model, git, desk }));
 */
export function egressContract(name: string, make: (world: EgressWorld) => Promise<EgressUnderTest>): void {
  const capabilities = { npm: npmContract, model: modelContract, git: gitContract, report: reportContract };
  suite(name, make, { gate: gateContract, refusals: refusalsContract, ...capabilities });
}

/** The part of it that depends on the registries behind it, for an egress that knows registries of other habits. */
export function egressPackagesContract(name: string, make: (world: EgressWorld) => Promise<EgressUnderTest>): void {
  suite(name, make, { npm: npmContract, refusals: refusalsContract });
}

type Part = (bench: () => Bench) => void;

function suite(name: string, make: (world: EgressWorld) => Promise<EgressUnderTest>, parts: Readonly<Record<string, Part>>): void {
  describe(`egress: ${name}`, () => {
    const bench = benches(make);
    describe.each(Object.entries(parts))('%s', (_name, promise) => {
      promise(bench);
    });
  });
}
