import { type FalseCheck, falseChecks, falseChecksOfT } from './canary-checks.ts';
import type { Canary, CanarySubject, RunnerName, TestPlan } from './types.ts';

/**
 * Makes a test file that must fail, for the same run as the suite: it stands beside the suite's files, is written as
 * they are, first loads what they load and then asserts something false by every assertion they can use. A source that
 * stubs an assertion library, replaces `it` or exits makes it pass or vanish.
 *
 * @example
 * const canary = canaryFor(plan, { packages: ['lodash'] });
 * const run = await runTests(workspace, plan, { timeoutMs: 300_000, canary });
 * run.canary?.reported; // 'fail' where the run can be believed
 */
export function canaryFor(plan: TestPlan, subject: CanarySubject = {}): Canary {
  const token = subject.token ?? 'jidoka-canary';
  const file = modelledOn(plan.style.sample, token);
  const kind = writingOf(plan);
  const checks = kind.name === 't' ? [...falseChecksOfT(kind.runner), ...checksFor(plan).map(seenByT)] : checksFor(plan);
  const tests = checks.map((check) => testOf(kind, { ...check, title: `${token} ${check.title}` }));
  const named = specifiers(file, [...plan.style.loads, ...(subject.files ?? []).map(local), ...(subject.packages ?? [])]);
  const content = [...prelude(plan, kind, named), ...tests, ...leave(kind), ''].join('\n');
  return { file, content, ids: checks.map((check) => `${file} > ${token} ${check.title}`) };
}

type Writing =
  | { readonly name: 't'; readonly runner: 'ava' | 'tap' | 'tape' }
  | { readonly name: 'it'; readonly from: 'globals' | 'node:test' | 'vitest'; readonly globals: boolean };

function writingOf(plan: TestPlan): Writing {
  const uses = (library: string) => plan.style.assertions.includes(library);
  const it = (from: 'globals' | 'node:test' | 'vitest'): Writing => ({ name: 'it', from, globals: uses('globals') });
  const runners: Readonly<Record<RunnerName, Writing>> = {
    ava: { name: 't', runner: 'ava' },
    tap: { name: 't', runner: 'tap' },
    tape: { name: 't', runner: 'tape' },
    'node:test': it('node:test'),
    vitest: it('vitest'),
    mocha: it('globals'),
    jest: it('globals'),
    junit: it(uses('vitest') ? 'vitest' : uses('node:test') ? 'node:test' : 'globals'),
  };
  return runners[plan.runner];
}

function checksFor(plan: TestPlan): readonly FalseCheck[] {
  const { assertions } = plan.style;
  if (plan.runner === 'vitest') return falseChecks([...assertions, 'vitest']);
  if (plan.runner === 'jest') return falseChecks([...assertions, ...(assertions.includes('@jest/globals') ? [] : ['globals'])]);
  return falseChecks(assertions.filter((name) => name !== 'globals'));
}

/**
 * Names a file as the sample is named, in its folder, so that whatever finds the one finds the other.
 *
 * @example
 * modelledOn('test/unit/sum.spec.ts', 'canary'); // 'test/unit/canary.spec.ts'
 */
function modelledOn(sample: string | null, token: string): string {
  if (sample === null) return `test/${token}.test.js`;
  const [, folder = '', name = ''] = /^(.*\/)?([^/]+)$/.exec(sample) ?? [];
  const [, before = '', stem = '', after = '', extension = '.js'] =
    /^(test[-_.](?=.*\.))?(.+?)((?:[._-](?:tests?|specs?|unit|e2e|integration))*|Tests?|Specs?)(\.[cm]?[jt]sx?)$/.exec(name) ?? [];
  const alone = /^(tests?|spec)$/.test(stem) && before === '' && after === '';
  return `${folder}${before}${token}${alone ? '.test' : after}${extension}`;
}

function local(path: string): string {
  return `./${path.replace(/^\.\//, '')}`;
}

/** What to load, as the canary's file has to name it. */
function specifiers(file: string, names: readonly string[]): readonly string[] {
  const up = '../'.repeat(file.split('/').length - 1);
  return [...new Set(names)].map((name) => (name.startsWith('./') && up !== '' ? `${up}${name.slice(2)}` : name));
}

/** Loads the subject when the file is loaded: what cannot be loaded is left, its own tests tell of it. */
function prelude(plan: TestPlan, kind: Writing, subject: readonly string[]): readonly string[] {
  const names = `const names = ${JSON.stringify(subject)};`;
  const define = `const define = ${defineOf(kind, plan.style.module)};`;
  if (plan.style.module === 'cjs') return ['// @ts-nocheck', names, plainModule, ...cjsLoad, define];
  const ready = mayAwait(plan)
    ? [`const ready = ${loadAll};`, 'await ready;']
    : [`const ready = { then: (done, failed) => ${loadAll}.then(done, failed) };`];
  return ['// @ts-nocheck', ...importOf(kind), names, plainModule, esmLoad, ...ready, define];
}

/** mocha before 9 loads an ES module by require, which refuses a top-level await and an import that is under way. */
function mayAwait(plan: TestPlan): boolean {
  return plan.runner !== 'mocha' || plan.version === null || Number.parseInt(plan.version, 10) >= 9;
}

const plainModule =
  'const plain = (loaded) => (loaded && loaded.default && /function|object/.test(typeof loaded.default) ? loaded.default : loaded);';
const loadAll = 'Promise.all(names.map((name) => load(name).catch(() => {})))';
const esmLoad = 'const load = async (name) => plain(await import(/* @vite-ignore */ name));';
const cjsLoad = [
  'const load = async (name) => { try { return plain(require(name)); } catch (error) { return plain(await import(name)); } };',
  'const later = names.filter((name) => { try { require(name); return false; } catch (error) { return true; } });',
  'const ready = Promise.all(later.map((name) => load(name).catch(() => {})));',
];

function importOf(kind: Writing): readonly string[] {
  if (kind.name === 't') return [`import runner from '${kind.runner}';`];
  return kind.from === 'globals' ? [] : [kind.from === 'vitest' ? `import * as runner from 'vitest';` : `import runner from 'node:test';`];
}

/** Looked up after the subject was loaded, so that a replaced `it` is the one that is used. */
function defineOf(kind: Writing, module: 'esm' | 'cjs'): string {
  if (kind.name === 't') {
    const runner = module === 'esm' ? 'runner' : `plain(require('${kind.runner}'))`;
    return kind.runner === 'tap' ? `((tap) => tap.test.bind(tap))(${runner})` : runner;
  }
  if (kind.from === 'vitest') return kind.globals ? inTurn('runner.it') : 'runner.it';
  if (kind.from === 'globals') return inTurn(module === 'esm' ? 'undefined' : "require('@jest/globals').it");
  return module === 'esm' ? 'runner.it' : `require('node:test').it`;
}

/** The global `it` and `test` take turns, so that a source that replaced only one of them shows. */
function inTurn(otherwise: string): string {
  const globals = `[typeof it === 'function' && it, typeof test === 'function' && test].filter((one, at, all) => one && all.indexOf(one) === at)`;
  return `((own, turn) => (own.length === 0 ? ${otherwise} : (name, run) => own[turn++ % own.length](name, run)))(${globals}, 0)`;
}

function testOf(kind: Writing, { title, code }: FalseCheck): string {
  const name = JSON.stringify(title);
  if (kind.name === 'it') return `define(${name}, async () => { await ready; ${code} });`;
  if (kind.runner === 'ava') return `define(${name}, async (t) => { await ready; ${code} });`;
  // tape does not catch what a test throws: it would end the process, and with it the tests after this.
  return `define(${name}, async (t) => { await ready; try { ${code} } catch (error) { t.fail(String(error)); } t.end(); });`;
}

/** A test without any assertion fails in some runners; one that a stubbed library let through must pass. */
function seenByT(check: FalseCheck): FalseCheck {
  return { ...check, code: `${check.code} t.pass('the assertion let it through');` };
}

/** Ends a process of the canary's own where something that it loaded keeps it open. */
function leave(kind: Writing): readonly string[] {
  const own = kind.name === 't' ? kind.runner !== 'ava' : kind.from === 'node:test';
  return own ? ['setTimeout(() => process.exit(), 5000).unref();'] : [];
}
