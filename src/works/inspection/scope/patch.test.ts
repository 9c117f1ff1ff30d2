import { describe, expect, it } from 'vitest';
import { readPatch } from './patch.ts';

const patch = `diff --git a/src/a.js b/src/a.js
index 1111111..2222222 100644
--- a/src/a.js
+++ b/src/a.js
@@ -1,3 +1,3 @@
 one
-two
+diff --git a/fake b/fake
 three
@@ -10,0 +11,2 @@ function x() {
+++ b/also/fake
+last
\\ No newline at end of file
diff --git a/old name.js b/new name.js
similarity index 90%
rename from old name.js
rename to new name.js
index 1111111..2222222 100644
--- a/old name.js\t
+++ b/new name.js\t
@@ -1 +1 @@
-a
+b
diff --git a/bin/run b/bin/run
old mode 100644
new mode 100755
diff --git a/link b/link
new file mode 120000
index 0000000..3333333
--- /dev/null
+++ b/link
@@ -0,0 +1 @@
+/etc/passwd
\\ No newline at end of file
diff --git "a/\\303\\244 \\"q\\".txt" "b/\\303\\244 \\"q\\".txt"
deleted file mode 100644
index 4444444..0000000
--- "a/\\303\\244 \\"q\\".txt"
+++ /dev/null
@@ -1 +0,0 @@
-gone
diff --git a/vendor/lib b/vendor/lib
new file mode 160000
index 0000000..5555555
--- /dev/null
+++ b/vendor/lib
@@ -0,0 +1 @@
+Subproject commit 5555555555555555555555555555555555555555
diff --git a/logo.png b/logo.png
index 6666666..7777777 100644
GIT binary patch
literal 3
Kcmb;NkUAX000620Wbgn

literal 2
Jcmb;NkUVX000310SEv9

`;

describe('readPatch', () => {
  const files = readPatch(patch);
  const file = (path: string) => files.find((candidate) => candidate.path === path);

  it('finds each file once, with odd names as they are', () => {
    expect(files.map((one) => one.path)).toEqual(['src/a.js', 'new name.js', 'bin/run', 'link', 'ä "q".txt', 'vendor/lib', 'logo.png']);
  });

  it('numbers added lines as they stand after the change, and is not misled by lines that look like headers', () => {
    expect(file('src/a.js')?.added).toEqual([
      { line: 2, text: 'diff --git a/fake b/fake' },
      { line: 11, text: '++ b/also/fake' },
      { line: 12, text: 'last' },
    ]);
  });

  it('tells renames, modes, links, submodules, deletions and binary files', () => {
    expect(file('new name.js')).toMatchObject({ from: 'old name.js', status: 'modified' });
    expect(file('bin/run')).toMatchObject({ oldMode: '100644', newMode: '100755', from: null });
    expect(file('link')).toMatchObject({ status: 'added', newMode: '120000' });
    expect(file('ä "q".txt')).toMatchObject({ status: 'deleted', added: [] });
    expect(file('vendor/lib')).toMatchObject({ newMode: '160000' });
    expect(file('logo.png')).toMatchObject({ binary: true, oldMode: '100644', newMode: '100644' });
  });

  it('reads a file that becomes a link as one file of another mode', () => {
    const change = `diff --git a/src/a.js b/src/a.js
deleted file mode 100644
index 1111111..0000000
--- a/src/a.js
+++ /dev/null
@@ -1 +0,0 @@
-a
diff --git a/src/a.js b/src/a.js
new file mode 120000
index 0000000..2222222
--- /dev/null
+++ b/src/a.js
@@ -0,0 +1 @@
+/etc/passwd
\\ No newline at end of file
`;
    expect(readPatch(change)).toMatchObject([
      { path: 'src/a.js', status: 'modified', oldMode: '100644', newMode: '120000', added: [{ line: 1, text: '/etc/passwd' }] },
    ]);
  });

  it('reads an empty patch as no file', () => {
    expect(readPatch('')).toEqual([]);
  });
});
