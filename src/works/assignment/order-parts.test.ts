import { describe, expect, it } from 'vitest';
import type { WorkspaceFiles } from '../../core/ports/floor.ts';
import { patchWords } from './patch-words.ts';
import { lookIntoTree, treeWords } from './tree-words.ts';

const fileOf = (path: string, lines: number): string =>
  `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n@@ -0,0 +1,${lines} @@\n${'+a line of thirty letters......\n'.repeat(lines)}`;

describe('a patch in an order', () => {
  it('is shown whole where there is room for it', () => {
    const patch = fileOf('a.js', 3) + fileOf('b.js', 3);
    expect(patchWords(patch).join('\n')).toContain(patch.trim());
    expect(patchWords(patch)).toHaveLength(1);
  });

  it('is shown by whole files, and says by name what is left out and how much that is', () => {
    const [big, small] = [fileOf('big.js', 3_000), fileOf('src/small.js', 3)];
    const [left = '', shown = ''] = patchWords(big + small);
    expect(left).toBe(`Left out here for its length: \`big.js\` (${big.length} characters).`);
    expect(shown).toContain(small.trim());
    expect(shown).not.toContain('big.js');
  });

  it('whose only file has no room is shown by its beginning, and says so', () => {
    const [left = '', shown = ''] = patchWords(fileOf('big.js', 3_000));
    expect(left).toContain('but for its beginning: `big.js`');
    expect(shown.length).toBeGreaterThan(50_000);
    expect(shown.length).toBeLessThan(61_000);
  });
});

describe('a tree that a station cannot look into', () => {
  const tree = (files: Readonly<Record<string, string>>): WorkspaceFiles => ({
    list: async () => Object.keys(files),
    read: async (path) => {
      const found = files[path];
      if (found === 'refused') throw new Error('a link that leads out');
      return found ?? null;
    },
    write: async () => undefined,
    remove: async () => undefined,
  });
  const files = {
    'package.json': '{}',
    src: '',
    'src/slug.js': 'export const slug = 1;',
    'src/other.js': 'export const other = 1;',
    'src/picture.png': 'a\0b',
    'src/link.js': 'refused',
    'src/long.js': 'x'.repeat(20_000),
  };

  it('is listed, and shows the files that the order speaks of and no others', async () => {
    const order = "slug('a') fails; see src/picture.png, src/link.js and src/long.js";
    const seen = await lookIntoTree(tree(files), 'review', order);
    expect(seen.files).toEqual([{ path: 'src/slug.js', content: files['src/slug.js'] }]);
    const words = treeWords(seen);
    expect(words).toContain('src/other.js');
    expect(words).toContain(files['src/slug.js']);
    expect(words).not.toContain(files['src/other.js']);
  });

  it('is only listed for a classification', async () => {
    const seen = await lookIntoTree(tree(files), 'classification', 'src/slug.js');
    expect(seen.files).toEqual([]);
    expect(seen.paths).toContain('src/slug.js');
    expect(treeWords(seen)).toContain('No file is shown.');
  });

  it('has no more of it told than a bounded part, and says how much is not', async () => {
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`word${at}.js`, 'x'.repeat(10_000)]));
    const words = treeWords(await lookIntoTree(tree(many), 'plan', Object.keys(many).join(' ')));
    expect(words).toContain('600 more are not listed.');
    expect(words.length).toBeLessThan(60_000);
  });
});
