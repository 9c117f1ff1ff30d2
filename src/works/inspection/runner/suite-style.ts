import type { Draft } from './adapters/adapter.ts';
import { type Project, join } from './project.ts';
import type { RunnerName, SuiteStyle } from './types.ts';

/** Test files read to see how the suite is written. */
const readAtMost = 40;

/** Reads how a suite's files are written, so that another file can be written the same way. */
export async function readStyle(project: Project, runner: RunnerName, draft: Draft): Promise<SuiteStyle> {
  const sample = sampleOf(draft.files);
  const nearest = [...draft.files].sort((left, right) => depth(left) - depth(right)).slice(0, readAtMost);
  const texts = await Promise.all(nearest.map(project.read));
  const imports = new Set(texts.flatMap((text) => importsOf(text ?? '')));
  const declared = { ...project.manifest.dependencies, ...project.manifest.devDependencies };
  const known = [...libraries].filter(([name]) => imports.has(name) || (harmlessToLoad.has(name) && name in declared));
  const globals = texts.some((text) => text !== null && /\b(?:it|test)\s*(?:\.\w+\s*)*\(/.test(text) && !/['"](?:vitest|@jest\/globals|node:test)['"]/.test(text));
  const assertions = [...new Set([...known.map(([, library]) => library), ...(globals ? ['globals'] : [])])];
  return { sample, module: await moduleOf(project, { runner, draft, sample: sample ?? 'x.js' }), assertions };
}

const libraries: ReadonlyMap<string, string> = new Map([
  ['assert', 'node:assert'], ['node:assert', 'node:assert'], ['assert/strict', 'node:assert'], ['node:assert/strict', 'node:assert'],
  ['node:test', 'node:test'], ['chai', 'chai'], ['expect', 'expect'], ['should', 'should'], ['expect.js', 'expect.js'], ['unexpected', 'unexpected'],
  ['power-assert', 'power-assert'], ['uvu/assert', 'uvu/assert'], ['vitest', 'vitest'], ['@jest/globals', '@jest/globals'],
]);
/** Libraries that change nothing for others when they are loaded: a helper of the suite may load them. */
const harmlessToLoad = new Set(['chai', 'expect', 'expect.js']);

function importsOf(text: string): readonly string[] {
  const found = text.matchAll(/(?:\bfrom\s*|\brequire\(\s*|\bimport\s*\(?\s*)['"]([^'"]+)['"]/g);
  return [...found].flatMap(([, name]) => name ?? []);
}

/** The file that most looks like one test file among many: not an entry that loads others, not a helper. */
function sampleOf(files: readonly string[]): string | null {
  const rank = (path: string) => {
    const name = path.split('/').at(-1) ?? '';
    const marked = /[._-](test|spec)s?\.|^test[-_.]|(Test|Spec)\./.test(name) ? 0 : 1;
    const entry = /^(index|all|run|runner|main|helpers?|utils?|common|setup|fixtures?|_.*)\./.test(name) || /(^|\/)(fixtures?|helpers?|utils?|support|mocks?|__mocks__)\//.test(path) ? 4 : 0;
    return marked + entry;
  };
  const [best] = [...files].sort((left, right) => rank(left) - rank(right) || depth(left) - depth(right) || (left < right ? -1 : 1));
  return best ?? null;
}

function depth(path: string): number {
  return path.split('/').length;
}

interface Suite {
  readonly runner: RunnerName;
  readonly draft: Pick<Draft, 'argv' | 'env'>;
  readonly sample: string;
}

async function moduleOf(project: Project, { runner, draft, sample }: Suite): Promise<SuiteStyle['module']> {
  if (runner === 'vitest' || /\.m[jt]sx?$/.test(sample)) return 'esm';
  if (/\.c[jt]sx?$/.test(sample)) return 'cjs';
  // Without this flag jest turns import statements into require, whatever the package's type.
  const flags = [...draft.argv, draft.env['NODE_OPTIONS'] ?? ''].join(' ');
  if (runner === 'jest' && !flags.includes('experimental-vm-modules')) return 'cjs';
  return (await nearestType(project, sample)) === 'module' ? 'esm' : 'cjs';
}

/** `type` of the package.json that Node looks at for a file: the nearest one. */
async function nearestType(project: Project, file: string): Promise<string | undefined> {
  const folders = file.split('/').slice(0, -1);
  for (let count = folders.length; count > 0; count -= 1) {
    const text = await project.read(`${folders.slice(0, count).join('/')}/package.json`);
    const type = text === null ? null : (/"type"\s*:\s*"(\w+)"/.exec(text)?.[1] ?? 'commonjs');
    if (type !== null) return type;
  }
  return project.manifest.type;
}

/** The runner inside a script that is started by node itself: by what it imports, or what the files beside it do. */
export async function runnerOfScript(project: Project, script: string): Promise<'tape' | 'tap' | 'node:test'> {
  const base = join('', script.replace(/^\.\//, ''));
  const candidates = [base, `${base}.js`, `${base}/index.js`, `${base}.mjs`, `${base}.cjs`, `${base}.ts`];
  const entry = candidates.find((path) => project.files.includes(path) && /\.[cm]?[jt]s$/.test(path));
  if (entry === undefined) return 'node:test';
  const folder = entry.split('/').slice(0, -1).join('/');
  const beside = folder === '' ? [] : project.files.filter((path) => path.startsWith(`${folder}/`) && /\.[cm]?[jt]s$/.test(path)).slice(0, readAtMost);
  for (const path of [entry, ...beside]) {
    const imports = importsOf((await project.read(path)) ?? '');
    if (imports.some((name) => name === 'tape' || name.startsWith('tape-') || /\/tape(-\w+)?$/.test(name))) return 'tape';
    if (imports.includes('tap')) return 'tap';
    if (imports.includes('node:test')) return 'node:test';
  }
  return 'node:test';
}
