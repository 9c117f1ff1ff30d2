// Holds the code blocks of the documents to the code: `ts` blocks are compiled against the built package, `sh run`
// blocks are run in the checkout, `json` and `yaml` blocks are parsed. Other blocks are shown, not checked. Links to files
// of the repository must lead somewhere.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { root } from './generated.mjs';

/** The home that blocks name where they run the factory. */
const homeOfBlocks = join(root, 'dist/try');

/** @typedef {{ place: string, language: string, text: string }} Block */

// What the blocks name `npx jidoka` is what a build leaves.
spawnSync('npm', ['run', '-s', 'build'], { cwd: root, stdio: 'inherit' });
const blocks = documents().flatMap(blocksOf);
const faults = [
  ...documents().flatMap(deadLinks),
  ...blocks.flatMap(faultOf),
  ...typeFaults(blocks.filter(({ language }) => language === 'ts')),
];
console.log(`${blocks.length} blocks in ${documents().length} documents`);
for (const fault of faults) console.error(fault);
await forgetHome(homeOfBlocks);
process.exitCode = faults.length === 0 ? 0 : 1;

function documents() {
  const top = readdirSync(root).filter((name) => name.endsWith('.md'));
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md'));
  return [...top, ...docs.map((name) => `docs/${name}`)];
}

/**
 * @param {string} path
 * @returns {Block[]}
 */
function blocksOf(path) {
  const source = readFileSync(join(root, path), 'utf8');
  return [...source.matchAll(/^```([^\n]*)\n(.*?)^```$/gms)].map((match) => {
    const line = source.slice(0, match.index).split('\n').length;
    return { place: `${path}:${line}`, language: match[1] ?? '', text: match[2] ?? '' };
  });
}

/** @param {string} path */
function deadLinks(path) {
  const targets = [...readFileSync(join(root, path), 'utf8').matchAll(/\]\((?![a-z]+:)([^)#\s]+)/g)].flatMap((match) => match[1] ?? []);
  return targets
    .filter((target) => !existsSync(join(root, dirname(path), target)))
    .map((target) => `${path}: ${target} is linked and does not exist`);
}

/** @param {Block} block */
function faultOf({ place, language, text }) {
  if (language === 'json') return thrownBy(place, () => JSON.parse(text));
  if (language === 'yaml') return thrownBy(place, () => parseYaml(text));
  return language === 'sh run' ? runFault(place, text) : [];
}

/**
 * @param {string} place
 * @param {string} script
 */
function runFault(place, script) {
  const { status, stdout, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: root,
    encoding: 'utf8',
    timeout: 60_000,
  });
  return status === 0 ? [] : [`${place}: ended with ${status}\n${stdout}${stderr}`];
}

/**
 * @param {string} place
 * @param {() => unknown} attempt
 */
function thrownBy(place, attempt) {
  try {
    attempt();
    return [];
  } catch (error) {
    return [`${place}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

/**
 * Compiles the blocks together, each as a module of its own, in the checkout, so that `import 'jidoka'` finds the package.
 *
 * @param {readonly Block[]} written
 */
function typeFaults(written) {
  if (written.length === 0) return [];
  const folder = mkdtempSync(join(root, 'dist/doc-blocks-'));
  try {
    written.forEach(({ text }, at) => writeFileSync(join(folder, `block-${at}.ts`), `export {};\n${text}`));
    const options = {
      extends: '../../tsconfig.test.json',
      compilerOptions: { rootDir: '../..', noUnusedLocals: false },
      include: ['*.ts', '../../src/**/*.d.ts'],
      exclude: [],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(options));
    const { stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', folder, '--pretty', 'false'], {
      cwd: folder,
      encoding: 'utf8',
    });
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((line) =>
        line.replace(/^block-(\d+)\.ts\((\d+)/, (_, at, row) => `${written[Number(at)]?.place} (line ${Number(row) - 1} of the block`),
      );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Removes a home with what it keeps outside of it: a database server that nobody else would stop, and where its workspaces stood.
 *
 * @param {string} home
 */
async function forgetHome(home) {
  if (!existsSync(home)) return;
  const { removeDatabase } = await import('../dist/src/plant/postgres/index.js');
  const { floorRoot } = await import('../dist/src/plant/floor/index.js');
  await removeDatabase(home);
  const floor = floorRoot(home, process.getuid?.());
  for (const folder of [process.getuid?.() === 0 ? dirname(floor) : floor, home])
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
