// Writes the command line once more, of few files: Node takes half a millisecond for each module that it loads, and there are
// more than a thousand. What tsc wrote beside stays, for whoever imports this package.
import { readdirSync, rmSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { rolldown } from 'rolldown';
import { root } from './generated.mjs';

const source = join(root, 'src');
const target = join(root, 'dist', 'src');
const folder = 'bundled';

const bundle = await rolldown({
  input: { 'doors/cli/main': join(source, 'doors/cli/main.ts') },
  platform: 'node',
  // Packages stay what npm installed: audited, licensed and deduplicated by themselves.
  external: (specifier) => !/^[./]/.test(specifier),
  plugins: [{ name: 'jidoka:own-place', transform: { filter: { code: 'import.meta.url' }, handler: ownPlace } }],
});
const { output } = await bundle.write({
  dir: target,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: `${folder}/[name]-[hash].js`,
});
await bundle.close();
const astray = output.find((one) => !one.fileName.startsWith(`${folder}/`) && 'code' in one && one.code.includes('import.meta.url'));
if (astray !== undefined) throw new Error(`${astray.fileName} goes by its own place, which is told from the folder ${folder} only.`);

const written = new Set(output.map(({ fileName }) => fileName));
const left = readdirSync(join(target, folder)).filter((name) => !written.has(`${folder}/${name}`));
for (const name of left) rmSync(join(target, folder, name));

/**
 * A module goes by where it is itself, and finds other files from there: it is told where tsc put it.
 *
 * @param {string} code
 * @param {string} id path of the source
 */
function ownPlace(code, id) {
  const compiled = relative(source, id).split(sep).join('/').replace(/\.ts$/, '.js');
  return code.replaceAll('import.meta.url', `new URL(${JSON.stringify(`../${compiled}`)}, import.meta.url).href`);
}
