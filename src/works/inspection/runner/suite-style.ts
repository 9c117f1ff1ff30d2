import type { Draft } from './adapters/adapter.ts';
import { type Project, join } from './project.ts';
import type { RunnerName, SuiteStyle } from './types.ts';

/** Test files read to see how the suite is written. */
const readAtMost = 40;
/** Modules a canary loads at most: a suite's sources, not a whole application one by one. */
const loadAtMost = 60;

/** Reads how a suite's files are written, so that another file can be written the same way. */
export async function readStyle(project: Project, runner: RunnerName, draft: Draft): Promise<SuiteStyle> {
  const sample = sampleOf(draft.files);
  const read = await readFiles(project, draft.files);
  const [first] = draft.files;
  const early = runner === 'mocha' && plainHead(read.get(first ?? '') ?? '');
  return {
    sample,
    module: await moduleOf(project, { runner, draft, sample: sample ?? 'x.js' }),
    assertions: assertionsIn(project, [...read.values()]),
    loads: await loadsOf(project, early ? new Map([...read].filter(([path]) => path === first)) : read),
    early,
  };
}

/** The first file, and those nearest to the top. */
async function readFiles(project: Project, files: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const nearest = [...files].sort((left, right) => depth(left) - depth(right)).slice(0, readAtMost);
  const wanted = [...new Set([...files.slice(0, 1), ...nearest])];
  return new Map(await Promise.all(wanted.map(async (path) => [path, (await project.read(path)) ?? ''] as const)));
}

function assertionsIn(project: Project, texts: readonly string[]): readonly string[] {
  const imports = new Set(texts.flatMap(importsOf));
  const declared = { ...project.manifest.dependencies, ...project.manifest.devDependencies };
  const known = [...libraries].filter(([name]) => imports.has(name) || (harmlessToLoad.has(name) && name in declared));
  const globals = texts.some((text) => definesTests.test(text) && !/['"](?:vitest|@jest\/globals|node:test)['"]/.test(text));
  return [...new Set([...known.map(([, library]) => library), ...(globals ? ['globals'] : [])])];
}

/** A call with a title; `pattern.test(text)` is none. */
const definesTests = /(?<![.\w$])(?:describe|it|test|context|suite)\s*(?:\.\w+\s*)*\(\s*['"`]/;

/** Whether a file does nothing but load modules until it has loaded the last of them. */
function plainHead(text: string): boolean {
  const loads = [...text.matchAll(/^(?:import\b.*|.*\brequire\(.*)$/gm)];
  const last = loads.findLast((line) => !/^\s{2,}/.test(line[0]));
  const head = last === undefined ? '' : text.slice(0, last.index + last[0].length);
  return !/process\.(?:env|chdir|argv)|mock|nock|sinon\.|stub|rewire|proxyquire|global(?:This)?[.[]|\bit\(|describe\(/.test(
    head.replaceAll(/(?:from|require\()\s*['"][^'"]*['"]/g, ''),
  );
}

/** Modules that files load from the repository, in the order they are named; files of tests are not among them. */
async function loadsOf(project: Project, read: ReadonlyMap<string, string>): Promise<readonly string[]> {
  const names = [...read].flatMap(([path, text]) => importsOf(text).flatMap((name) => located(project, path, name)));
  const kept = [...new Set(names)].slice(0, loadAtMost);
  const texts = await Promise.all(kept.map((name) => (name.startsWith('./') ? project.read(name.slice(2)) : null)));
  return kept.filter((_, index) => !definesTests.test(texts[index] ?? ''));
}

/** Where a specifier of the repository's own leads; nothing for packages and what is not there. */
function located(project: Project, from: string, name: string): readonly string[] {
  const own = project.manifest.name;
  if (own !== undefined && (name === own || name.startsWith(`${own}/`))) return [name];
  if (/^(?:@\/|~\/|#|src\/)/.test(name)) return [name];
  if (!/^\.{1,2}(?:\/|$)/.test(name)) return [];
  const folder = from.split('/').slice(0, -1).join('/');
  if (name.split('/').filter((part) => part === '..').length > folder.split('/').filter(Boolean).length) return [];
  const base = join(folder, name);
  const stem = base.replace(/\.([cm]?)jsx?$/, '.$1ts');
  const endings = ['', '.js', '.ts', '.mjs', '.cjs', '.tsx', '.jsx'].map((ending) => `${base}${ending}`);
  const main = base === '' && project.manifest.main !== undefined ? join('', project.manifest.main) : base;
  const folders = ['', '.js', '/index.js', '/index.ts', '/index.mjs', '/index.cjs'].map((ending) => `${main}${ending}`.replace(/^\//, ''));
  const found = [...endings, stem, ...folders].find((path) => project.files.includes(path) && /\.[cm]?[jt]sx?$/.test(path));
  return found === undefined ? [] : [`./${found}`];
}

const libraries: ReadonlyMap<string, string> = new Map([
  ['assert', 'node:assert'],
  ['node:assert', 'node:assert'],
  ['assert/strict', 'node:assert'],
  ['node:assert/strict', 'node:assert'],
  ['node:test', 'node:test'],
  ['chai', 'chai'],
  ['expect', 'expect'],
  ['should', 'should'],
  ['expect.js', 'expect.js'],
  ['unexpected', 'unexpected'],
  ['power-assert', 'power-assert'],
  ['uvu/assert', 'uvu/assert'],
  ['vitest', 'vitest'],
  ['@jest/globals', '@jest/globals'],
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
    const entry =
      /^(index|all|run|runner|main|helpers?|utils?|common|setup|fixtures?|_.*)\./.test(name) ||
      /(^|\/)(fixtures?|helpers?|utils?|support|mocks?|__mocks__)\//.test(path)
        ? 4
        : 0;
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
  const beside =
    folder === '' ? [] : project.files.filter((path) => path.startsWith(`${folder}/`) && /\.[cm]?[jt]s$/.test(path)).slice(0, readAtMost);
  for (const path of [entry, ...beside]) {
    const imports = importsOf((await project.read(path)) ?? '');
    if (imports.some((name) => name === 'tape' || name.startsWith('tape-') || /\/tape(-\w+)?$/.test(name))) return 'tape';
    if (imports.includes('tap')) return 'tap';
    if (imports.includes('node:test')) return 'node:test';
  }
  return 'node:test';
}
