import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scriptedAgent } from '../../kit/agent/index.ts';
import { git, makeRepository, type MadeRepository } from '../../kit/forge/index.ts';
import { specimen } from '../../kit/repository/index.ts';
import { cheats, type Deed } from '../../kit/station/index.ts';
import type { RunResult } from '../../src/core/ports/factory.ts';
import { readResult } from '../scenarios/read-result.ts';
import { openScene, type Scene } from '../scenarios/scene.ts';
import { layBranch, layDeed } from './branches.ts';

const base = specimen('node:test');
const passing = {
  'package.json': '{ "name": "sums", "version": "1.0.0", "main": "src/sum.js", "scripts": { "test": "node --test" } }\n',
  'src/sum.js': "'use strict';\nfunction sum(a, b) {\n  return a + b;\n}\nmodule.exports = { sum };\n",
  'test/sum.test.js': [
    "const { test } = require('node:test');",
    "const assert = require('node:assert');",
    "const { sum } = require('../src/sum.js');",
    "test('adds', () => { assert.strictEqual(sum(1, 2), 3); });",
    '',
  ].join('\n'),
};
const withProduct = {
  'src/sum.js': [
    "'use strict';",
    'function sum(a, b) {',
    '  return a + b;',
    '}',
    'function product(a, b) {',
    '  if (a === 0) {',
    '    return 0;',
    '  }',
    '  return a * b;',
    '}',
    'module.exports = { sum, product };',
    '',
  ].join('\n'),
};
const productTest = passing['test/sum.test.js']

  .replace('{ sum }', '{ product }')
  .replace(
    "test('adds', () => { assert.strictEqual(sum(1, 2), 3); });",
    "test('multiplies', () => { assert.strictEqual(product(2, 3), 6); });",
  );

let scene: Scene;
let slugs: MadeRepository;
let sums: MadeRepository;
let line: string;
beforeAll(async () => {
  scene = await openScene([]);
  slugs = await makeRepository(base.files);
  sums = await makeRepository(passing);
  // As it is built in, but that a suite which hangs is not waited for long.
  const text = await readFile(new URL('../../lines/review/line.yaml', import.meta.url), 'utf8');
  await scene.write('line/roles/reviewer.md', await readFile(new URL('../../lines/review/roles/reviewer.md', import.meta.url), 'utf8'));
  line = await scene.write('line/line.yaml', text.replaceAll('timeout: 5m', 'timeout: 8s'));
});
afterAll(async () => {
  await scene.close();
  await Promise.all([slugs, sums].map((repository) => repository.remove()));
});

interface Reviewed {
  readonly result: RunResult;
  readonly code: number | null;
  /** 'own-tests/own-test-fails test/a.test.js:1' of each finding that blocks. */
  readonly blocks: readonly string[];
  readonly notes: readonly string[];
}

async function review(path: string, head: string, args: readonly string[] = []): Promise<Reviewed> {
  const ended = await scene.ask(['run', 'review', '--repo', path, '--head', head, '--line', line, '--json', ...args]);
  const result = readResult(ended);
  const of = (weight: string): string[] =>
    (result.findings ?? [])
      .filter((found) => found.weight === weight)
      .map(({ check, rule, file, line: at }) => `${check}/${rule} ${file}:${at}`);
  return { result, code: ended.code, blocks: of('blocks'), notes: of('note') };
}

function deedOf(name: string): Deed {
  const found = cheats.find((deed) => deed.name === name);
  if (found === undefined) throw new Error(`There is no deed ${name}.`);
  return found;
}

describe('a review of an honest branch', () => {
  it('finds nothing that stands against it, touches no branch, leads its report with what it noted, and is joined when asked again', async () => {
    const head = await layBranch(sums.path, 'product', { ...withProduct, 'test/product.test.js': productTest });
    const branches = await git(sums.path, 'for-each-ref', 'refs/heads');
    const { result, code, blocks, notes } = await review(sums.path, 'product');
    expect(blocks).toEqual([]);
    expect(notes.toSorted()).toEqual(['coverage/lines-not-run src/sum.js:7', 'public-api/api-changed package.json:1']);
    expect(`${result.verdict} ${result.reason.code} ${code}`).toBe('NO_OP nothing-to-object 0');
    expect(result.branch).toBeNull();
    expect(await git(sums.path, 'for-each-ref', 'refs/heads')).toBe(branches);
    expect(await git(sums.path, 'rev-parse', 'product')).toBe(head);
    const report = await readFile(join(result.evidence.dir, 'REPORT.md'), 'utf8');
    expect([...report.matchAll(/^## (.*)$/gm)][0]?.[1]).toBe('Findings');
    expect(report).toContain('`src/sum.js:7`');
    const verified = await scene.ask(['evidence', 'verify', result.evidence.dir, '--head', result.evidence.head]);
    expect(verified.code).toBe(0);
    expect((await review(sums.path, 'product')).result.run).toBe(result.run);
  });
});

describe('a review by running', () => {
  it('finds a suite that hangs', async () => {
    await layDeed(slugs.path, deedOf('hangs'), base);
    const { result, code, blocks } = await review(slugs.path, 'hangs');
    expect(`${result.verdict} ${result.reason.code} ${code}`).toBe('ESCALATE findings 3');
    expect(blocks).toContain('own-tests/suite-hangs :0');
  });

  it('finds what held before and does not now, with its test edited to fit', async () => {
    const test = passing['test/sum.test.js'].replace('sum(1, 2), 3', 'sum(1, 2), 4');
    await layBranch(sums.path, 'other-sum', {
      'src/sum.js': passing['src/sum.js'].replace('a + b', 'a + b + 1'),
      'test/sum.test.js': test,
    });
    const { blocks, result } = await review(sums.path, 'other-sum');
    expect(blocks).toEqual(['tamper/assertion-value-changed test/sum.test.js:4', 'tests/tests-regressed test/sum.test.js:1']);
    expect(result.reason.code).toBe('findings');
  });

  it('finds a new test that passes on the old source too, one of its own that fails, and what a station says that reads it', async () => {
    const idle = productTest.replaceAll('product', 'sum').replace('sum(2, 3), 6', 'sum(2, 3), 5').replace('multiplies', 'adds more');
    await layBranch(sums.path, 'idle', { ...withProduct, 'test/idle.test.js': idle, 'test/fails.test.js': productTest.replace('6', '7') });
    const said = [
      { file: 'src/sum.js', line: 6, weight: 'blocks', message: 'zero times NaN is NaN' },
      { file: 'src/sum.js', line: 5, weight: 'note', message: 'says nothing of strings' },
    ];
    const reader = scriptedAgent({ review: [{ report: { state: 'DONE', summary: 'Read.', verdict: 'object', findings: said } }] });
    const { blocks, notes } = await review(sums.path, 'idle', ['--station', reader]);
    expect(blocks).toEqual([
      'own-tests/own-test-fails test/fails.test.js:1',
      'new-tests/new-test-passes-before test/idle.test.js:4',
      'review/blocks src/sum.js:6',
    ]);
    expect(notes).toContain('review/note src/sum.js:5');
  });

  it('of a repository without tests finds what reading shows, and that nothing holds it to anything', async () => {
    const untested = passing['package.json'].replace('node --test', 'echo none');
    const bare = await makeRepository({ 'package.json': untested, 'src/sum.js': passing['src/sum.js'] });
    try {
      const manifest = untested.replace('"echo none"', '"echo none", "postinstall": "node src/sum.js"');
      await layBranch(bare.path, 'untested', { ...withProduct, 'package.json': manifest });
      const { blocks, notes, code } = await review(bare.path, 'untested');
      expect(blocks).toEqual(['tamper/install-script-added package.json:1', 'tests/no-suite :0', 'own-tests/no-suite :0']);
      expect(notes).toContain('new-tests/not-run :0');
      expect(code).toBe(3);
    } finally {
      await bare.remove();
    }
  });
});
