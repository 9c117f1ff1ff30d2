import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { specimen } from '../../kit/repository/index.ts';
import type { RepositorySnapshot } from '../../src/core/packet/seed.ts';
import type { Workspace } from '../../src/core/ports/floor.ts';
import { applySealed } from '../../src/works/inspection/sealed/index.ts';
import { openBench, withCheckout } from './bench.ts';
import type { Bench } from './bench.ts';

const subject = specimen('mocha');
const manifest = JSON.parse(subject.files['package.json'] ?? '{}') as { scripts: object };

describe('applySealed, with real git', () => {
  let bench: Bench;
  let repository: RepositorySnapshot;
  beforeEach(async () => {
    bench = await openBench();
    repository = await bench.freeze(subject);
  });
  afterEach(() => bench.close());

  /** Lets a station write into one checkout, lays the sealed part over another, and looks at that. */
  async function sealed<T>(
    station: (tree: Workspace) => Promise<void>,
    look: (tree: Workspace, withheld: readonly { path: string; kind: string }[]) => Promise<T>,
  ): Promise<T> {
    const change = await withCheckout(bench, { name: 'station', repository }, async (tree) => {
      await station(tree);
      return bench.forge.harvest(repository, tree);
    });
    return withCheckout(bench, { name: 'sealed', repository }, async (workspace) => {
      const { withheld } = await applySealed({ forge: bench.forge, repository, workspace, change, sealed: subject.sealed, plan: null });
      return look(workspace, withheld);
    });
  }

  it('takes the source, withholds tests and settings, and lays the sealed tests over it', async () => {
    const station = async (tree: Workspace): Promise<void> => {
      await tree.files.write('src/slug.js', 'mended');
      await tree.files.write('src/new.js', 'new');
      await tree.files.write('test/slug.test.js', 'weakened');
      await tree.files.remove('test/words.test.js');
      await tree.files.write('test/sealed.test.js', 'guessed');
      await tree.files.write('.mocharc.json', '{"bail":true}');
    };
    await sealed(station, async (tree, withheld) => {
      expect(withheld.map(({ path, kind }) => `${path} ${kind}`).sort()).toEqual([
        '.mocharc.json runner-config',
        'test/sealed.test.js test',
        'test/slug.test.js test',
        'test/words.test.js test',
      ]);
      expect([await tree.files.read('src/slug.js'), await tree.files.read('src/new.js')]).toEqual(['mended', 'new']);
      expect(await tree.files.read('test/slug.test.js')).toBe(subject.files['test/slug.test.js']);
      expect(await tree.files.read('test/words.test.js')).toBe(subject.files['test/words.test.js']);
      expect(await tree.files.read('test/sealed.test.js')).toBe(subject.sealed[0]?.content);
      expect(await tree.files.read('.mocharc.json')).toBeNull();
    });
  });

  it('takes moved packages and keeps scripts', async () => {
    const changed = { ...manifest, scripts: { test: 'exit 0' }, dependencies: { ms: '2.1.3' } };
    await sealed(
      (tree) => tree.files.write('package.json', JSON.stringify(changed)),
      async (tree, withheld) => {
        expect(JSON.parse((await tree.files.read('package.json')) ?? '')).toEqual({ ...manifest, dependencies: { ms: '2.1.3' } });
        expect(withheld).toMatchObject([{ path: 'package.json', kind: 'manifest' }]);
      },
    );
  });

  it('does not take a lockfile that points at a folder', async () => {
    const lock = { name: 'slugs', lockfileVersion: 3, packages: { 'node_modules/mocha': { resolved: 'src', link: true } } };
    await sealed(
      (tree) => tree.files.write('package-lock.json', JSON.stringify(lock)),
      async (tree, withheld) => {
        expect(new Set(withheld.map(({ path, kind }) => `${path} ${kind}`))).toEqual(new Set(['package-lock.json lock']));
        expect(await tree.files.read('package-lock.json')).toBeNull();
      },
    );
  });

  it('takes no link, even where the source becomes one', async () => {
    const station = async (tree: Workspace): Promise<void> => {
      await tree.files.remove('src/slug.js');
      await symlink('/etc/hostname', join(tree.root, 'src/slug.js'));
      await symlink('../test', join(tree.root, 'src/tests-elsewhere'));
    };
    await sealed(station, async (tree, withheld) => {
      expect(withheld.map(({ path, kind }) => `${path} ${kind}`).sort()).toEqual(['src/slug.js link', 'src/tests-elsewhere link']);
      expect(await tree.files.read('src/slug.js')).toBe(subject.files['src/slug.js']);
    });
  });

  it('does not let a folder of tests be replaced by a file', async () => {
    const station = async (tree: Workspace): Promise<void> => {
      await tree.files.remove('test');
      await writeFile(join(tree.root, 'test'), 'no folder any more');
    };
    await sealed(station, async (tree) => {
      expect(await tree.files.read('test/slug.test.js')).toBe(subject.files['test/slug.test.js']);
    });
  });
});
