import { describe, expect, it } from 'vitest';
import type { ChangedFile } from '../../../core/evidence/event.ts';
import { checkScope, scopeFact } from './check-scope.ts';

const scope = { paths: ['src/**', 'README.md'], protectedPaths: ['**/*.test.*', '.github/**', 'src/secret/**'] };
const changed = (path: string): ChangedFile => ({ path, status: 'modified', added: 1, removed: 0 });
const outside = (paths: readonly string[], patch = ''): readonly string[] =>
  checkScope({ patch, files: paths.map(changed) }, scope).outside;

describe('checkScope', () => {
  it('lets a change pass whose files all match the packet', () => {
    expect(outside(['src/a.ts', 'src/b/c.ts', 'README.md'])).toEqual([]);
  });

  it.each([
    ['docs/a.md', 'not in scope'],
    ['src/a.test.ts', 'protected'],
    ['src/Secret/key.ts', 'protected'],
    ['.GITHUB/workflows/ci.yml', 'protected'],
    ['SRC/a.ts', 'not in scope'],
    ['src/../.npmrc', 'leaves the tree'],
    ['/etc/passwd', 'absolute path'],
    ['C:/x', 'absolute path'],
    ['src\\a.test.ts', 'backslash in path'],
    ['src//a.ts', 'path is not in its shortest form'],
    ['src/.git/hooks/pre-commit', 'inside the git folder'],
    ['src/.g\u200Cit/config', 'invisible character in path'],
    ['src/GIT~1/config', 'inside the git folder'],
    ['src/a.test.ts ', 'name ends in a dot or a space'],
  ])('names %j as outside: %s', (path, reason) => {
    expect(outside([path])).toEqual([`${path} (${reason})`]);
  });

  it('sees the old name of a rename, links, submodules and modes that only the patch tells', () => {
    const patch = `diff --git a/tools/x.js b/src/x.js
similarity index 100%
rename from tools/x.js
rename to src/x.js
diff --git a/src/link b/src/link
new file mode 120000
--- /dev/null
+++ b/src/link
@@ -0,0 +1 @@
+../../etc
diff --git a/src/run.sh b/src/run.sh
old mode 100644
new mode 100755
diff --git a/src/sub b/src/sub
new file mode 160000
`;
    expect(outside(['src/x.js', 'src/link', 'src/run.sh', 'src/sub'], patch)).toEqual([
      'src/link (symbolic link)',
      'src/run.sh (mode 100644 becomes 100755)',
      'src/sub (submodule)',
      'tools/x.js (not in scope)',
    ]);
  });

  it('finds a file that the patch holds and the list leaves out', () => {
    const patch = 'diff --git a/.npmrc b/.npmrc\nnew file mode 100644\n--- /dev/null\n+++ b/.npmrc\n@@ -0,0 +1 @@\n+x=1\n';
    expect(outside(['src/a.ts'], patch)).toEqual(['.npmrc (not in scope)']);
  });
});

describe('scopeFact', () => {
  it('is unknown for a change without files, never holds', () => {
    expect(scopeFact({ patch: '', files: [] }, scope).outcome).toBe('unknown');
  });

  it('breaks with the files named', () => {
    const found = scopeFact({ patch: '', files: [changed('docs/a.md')] }, scope);
    expect(found).toMatchObject({ outcome: 'broken', code: 'out-of-scope' });
    expect(found.summary).toContain('docs/a.md');
  });
});
