import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const built = fileURLToPath(new URL('../../dist/src', import.meta.url));
const folder = join(built, 'bundled');

/** Every file of the bundle with its text, the command line first. */
async function bundled(): Promise<readonly { readonly path: string; readonly text: string }[]> {
  const chunks = (await readdir(folder)).map((name) => join(folder, name));
  const paths = [join(built, 'doors', 'cli', 'main.js'), ...chunks];
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(path, 'utf8') })));
}

it('the command line and what it loads is one bundle: no module of ours is loaded beside it, and so none twice', async () => {
  const files = await bundled();
  expect(files.length).toBeGreaterThan(50);
  const own = new Set(files.map(({ path }) => path));
  const loaded = files.flatMap(({ path, text }) => {
    const named = [...text.matchAll(/(?:^import |^export .*?from |\bfrom |\bimport\()"(\.[^"]+)"/gm)];
    return named.map(([, specifier = '']) => resolve(dirname(path), specifier));
  });
  expect(loaded.length).toBeGreaterThan(100);
  expect(loaded.filter((path) => !own.has(path)).map((path) => relative(built, path))).toEqual([]);
});

it('whatever goes by its own place is told where it was compiled to', async () => {
  const texts = (await bundled()).map(({ text }) => text);
  const places = texts.flatMap((text) => [...text.matchAll(/new URL\("(\.\.\/[^"]+\.js)", import\.meta\.url\)/g)]);
  expect(places.length).toBeGreaterThan(5);
  expect(places.map(([, place = '']) => place).filter((place) => !existsSync(join(folder, place)))).toEqual([]);
  expect(texts.reduce((sum, text) => sum + text.split('import.meta.url').length - 1, 0)).toBe(places.length);
});
