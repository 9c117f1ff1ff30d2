import { describe, expect, it } from 'vitest';
import { sealChange } from './seal-change.ts';

const file = (path: string, header = 'index 1..2 100644'): string =>
  `diff --git a/${path} b/${path}\n${header}\n--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n-a\n+b\n`;
const seal = (...parts: readonly string[]) => sealChange({ patch: parts.join(''), files: [] }, null);

describe('sealChange', () => {
  it('takes source as it is, manifests and lockfiles in part, and withholds the rest with a reason', () => {
    const part = seal(file('src/a.js'), file('package.json'), file('package-lock.json'), file('test/a.test.js'), file('.mocharc.json'));
    expect([...part.apply]).toEqual(['src/a.js']);
    expect([...part.merge]).toEqual(['package.json', 'package-lock.json']);
    expect(part.withheld.map(({ path, kind }) => [path, kind])).toEqual([
      ['test/a.test.js', 'test'],
      ['.mocharc.json', 'runner-config'],
    ]);
  });

  it.each([
    ['a symbolic link', file('src/a', 'new file mode 120000'), 'link'],
    ['a submodule', file('vendor', 'new file mode 160000'), 'link'],
    ['a package.json put beside the source', file('src/package.json', 'new file mode 100644'), 'manifest'],
    ['a deleted lockfile', file('package-lock.json', 'deleted file mode 100644'), 'lock'],
  ])('withholds %s', (_, patch, kind) => {
    const part = seal(patch);
    expect(part.withheld).toMatchObject([{ kind }]);
    expect(part.apply.size + part.merge.size).toBe(0);
  });

  it('does not let a rename carry a test away', () => {
    const part = seal('diff --git a/test/a.js b/old/a.js\nsimilarity index 100%\nrename from test/a.js\nrename to old/a.js\n');
    expect(part).toMatchObject({ apply: new Set(), withheld: [{ path: 'old/a.js', kind: 'test' }] });
  });
});
