import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Registry, RegistryAnswer } from '../../src/core/ports/registry.ts';
import type { FakePackage } from './packages.ts';

/** A registry under test that knows the packages it was made with, and the way to make it fail. */
export interface RegistryUnderTest {
  readonly registry: Registry;
  /** Makes questions about a package fail with a server error from now on. */
  fail(name: string): void;
  mend(name: string): void;
  close(): Promise<void>;
}

const packages: readonly FakePackage[] = [
  {
    name: 'plain',
    releases: [
      { version: '1.0.0', dependencies: { other: '^1.0.0' }, peerDependencies: { peer: '>=2' } },
      { version: '2.0.0', engines: { node: '>=18' }, deprecated: 'use 2.1.0', scripts: { postinstall: 'node x' } },
      { version: '3.0.0-rc.1', publishedAt: '2024-02-03T04:05:06.000Z' },
    ],
    tags: { latest: '2.0.0', next: '3.0.0-rc.1' },
  },
  { name: '@scope/scoped', releases: [{ version: '0.1.0' }] },
  { name: 'broken', releases: [{ version: '1.0.0' }] },
];

/**
 * What every registry promises. `make` is called once, with the packages the registry must know.
 *
 * @example
 * registryContract('registry in memory', async (packages) => memoryUnderTest(packages));
 */
export function registryContract(name: string, make: (packages: readonly FakePackage[]) => Promise<RegistryUnderTest>): void {
  describe(name, () => {
    let under: RegistryUnderTest;
    beforeAll(async () => {
      under = await make(packages);
    });
    afterAll(() => under.close());

    it('lists every release with its tags, also those that no range would pick', async () => {
      const { package: plain } = found(await under.registry.releases('plain'));
      assert.equal(plain.name, 'plain');
      assert.deepEqual({ ...plain.distTags }, { latest: '2.0.0', next: '3.0.0-rc.1' });
      assert.deepEqual(Object.keys(plain.versions), ['1.0.0', '2.0.0', '3.0.0-rc.1']);
    });

    it('tells what a release needs and when it was published', async () => {
      const { versions } = found(await under.registry.releases('plain')).package;
      assert.deepEqual(versions['1.0.0'], {
        version: '1.0.0',
        deprecated: null,
        node: null,
        hasInstallScript: false,
        publishedAt: '2020-01-01T00:00:00.000Z',
        dependencies: { other: '^1.0.0' },
        peerDependencies: { peer: '>=2' },
      });
      assert.equal(versions['3.0.0-rc.1']?.publishedAt, '2024-02-03T04:05:06.000Z');
    });

    it('tells a deprecation, the Node range and code that runs at install', async () => {
      const release = found(await under.registry.releases('plain')).package.versions['2.0.0'];
      assert.deepEqual([release?.deprecated, release?.node, release?.hasInstallScript], ['use 2.1.0', '>=18', true]);
    });

    it('knows scoped names', async () => {
      const { package: scoped } = found(await under.registry.releases('@scope/scoped'));
      assert.deepEqual(Object.keys(scoped.versions), ['0.1.0']);
    });

    it('says absent for a name nobody published', async () => {
      assert.deepEqual(await under.registry.releases('nobody-has-this'), { kind: 'absent', name: 'nobody-has-this' });
    });

    it('answers a failure as a value, and answers rightly once it is mended', async () => {
      under.fail('broken');
      const failed = await under.registry.releases('broken');
      assert.equal(failed.kind, 'failed');
      assert.deepEqual(failed.kind === 'failed' && [failed.name, failed.class], ['broken', 'registry']);
      under.mend('broken');
      assert.equal((await under.registry.releases('broken')).kind, 'found');
    });
  });
}

function found(answer: RegistryAnswer): Extract<RegistryAnswer, { kind: 'found' }> {
  assert.equal(answer.kind, 'found', `${JSON.stringify(answer)} should list releases`);
  return answer as Extract<RegistryAnswer, { kind: 'found' }>; // asserted the line before
}
