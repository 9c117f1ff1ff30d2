import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { makeRepository, type MadeRepository } from '../../kit/forge/index.ts';
import { filesOfFolder, type Ended } from '../../kit/scenario/index.ts';
import type { EventBody, LedgerEvent } from '../../src/core/evidence/event.ts';
import type { FactOf, FlakyTest } from '../../src/core/evidence/fact.ts';
import type { RunResult } from '../../src/core/ports/factory.ts';
import { packagePath } from '../../src/doors/config.ts';
import { readResult } from '../scenarios/read-result.ts';
import { openScene, type Scene } from '../scenarios/scene.ts';

/** Where tests of tiny repositories are run again and again by a real factory. */
export interface Desk {
  readonly scene: Scene;
  repository(files: Readonly<Record<string, string>>, runner?: 'node:test' | 'mocha'): Promise<MadeRepository>;
  /** Triages, and reads what is in the evidence. */
  triage(repository: MadeRepository, args: readonly string[]): Promise<Triaged>;
  ask(repository: MadeRepository, args: readonly string[]): Promise<Ended>;
  /** What is in the ledger of a run. */
  events(result: RunResult): Promise<readonly EventBody[]>;
  close(): Promise<void>;
}

export interface Triaged {
  readonly result: RunResult;
  /** Verdict and code: 'ESCALATE flaky'. */
  readonly end: string;
  /** Flaky tests that were found, by their names. */
  readonly tests: Readonly<Record<string, FlakyTest>>;
  readonly flakiness: FactOf<'flakiness'> | null;
  readonly quarantine: FactOf<'quarantine'> | null;
  /** Text of the patch that is proposed; '' where none is. */
  readonly patch: string;
  readonly report: string;
}

export async function openDesk(): Promise<Desk> {
  const scene = await openScene([]);
  const made: MadeRepository[] = [];
  const ask: Desk['ask'] = (repository, args) => scene.ask(['run', 'flaky', '--repo', repository.path, '--json', ...args]);
  return {
    scene,
    ask,
    events: async ({ run }) => {
      const { stdout } = await scene.ask(['show', run, '--json']);
      return (JSON.parse(stdout) as { readonly events: readonly LedgerEvent[] }).events.map(({ body }) => body);
    },
    repository: async (files, runner = 'node:test') => {
      const repository = await makeRepository({ ...project(runner), '.gitignore': 'node_modules/\n', ...files });
      made.push(repository);
      return repository;
    },
    triage: async (repository, args) => {
      const ended = await ask(repository, args);
      return await read(readResult(ended));
    },
    close: async () => {
      await scene.close();
      await Promise.all(made.map((repository) => repository.remove()));
    },
  };
}

/** The built-in line with a shorter limit for each command, as a file. */
export async function impatientLine(scene: Scene, timeout: string): Promise<string> {
  const text = await readFile(packagePath('lines', 'flaky', 'line.yaml'), 'utf8');
  return await scene.write(`impatient-${timeout}.yaml`, text.replaceAll('timeout: 5m', `timeout: ${timeout}`));
}

/** A runner that is no part of Node is a package of the repository's own, which loads the one of this project. */
function project(runner: 'node:test' | 'mocha'): Readonly<Record<string, string>> {
  const own = { name: 'tiny', version: '1.0.0', private: true };
  if (runner === 'node:test') return { 'package.json': JSON.stringify({ ...own, scripts: { test: 'node --test' } }) };
  const program = fileURLToPath(new URL('../../node_modules/mocha/bin/mocha.js', import.meta.url));
  return {
    'package.json': JSON.stringify({ ...own, scripts: { test: 'mocha test/*.test.js' }, devDependencies: { mocha: 'file:vendor/mocha' } }),
    'vendor/mocha/package.json': JSON.stringify({ name: 'mocha', version: '11.0.0', bin: { mocha: 'mocha.js' } }),
    'vendor/mocha/mocha.js': `#!/usr/bin/env node\nrequire(${JSON.stringify(program)});\n`,
  };
}

async function read(result: RunResult): Promise<Triaged> {
  const files = await filesOfFolder(result.evidence.dir);
  const bundle = JSON.parse(files['bundle.json'] ?? '') as {
    readonly validation: readonly { readonly fact: { readonly check: string } }[];
  };
  const facts = bundle.validation.map(({ fact }) => fact);
  // What the bundle has under a check is a fact of that check.
  const factOf = <Check extends 'flakiness' | 'quarantine'>(check: Check): FactOf<Check> | null =>
    (facts.find((fact) => fact.check === check) as FactOf<Check> | undefined) ?? null;
  const [flakiness, quarantine] = [factOf('flakiness'), factOf('quarantine')];
  const [patch] = (quarantine?.logs ?? []).filter(({ mediaType }) => mediaType === 'text/x-patch');
  return {
    result,
    end: `${result.verdict} ${result.reason.code}`,
    tests: Object.fromEntries((flakiness?.data.tests ?? []).map((test) => [test.id.split(' > ').at(-1) ?? '', test])),
    flakiness,
    quarantine,
    patch: patch === undefined ? '' : (files[`logs/${patch.sha256}.patch`] ?? ''),
    report: files['REPORT.md'] ?? '',
  };
}

/** A test file of node:test or mocha: what each test does, by its title. */
export function testFile(tests: Readonly<Record<string, string>>, runner: 'node:test' | 'mocha' = 'node:test', head = ''): string {
  const word = runner === 'mocha' ? 'it' : 'test';
  const load = runner === 'mocha' ? '' : "const { test } = require('node:test');\n";
  const all = Object.entries(tests).map(([title, body]) => `${word}('${title}', async () => {\n  ${body}\n});\n`);
  return `const assert = require('node:assert');\n${load}${head}\n${all.join('')}`;
}

/** Code that counts its runs in a file of the tree, and fails in those that the condition on `n` names. */
export function failsWhen(file: string, condition: string): string {
  return `const n = (() => { const fs = require('node:fs'); fs.appendFileSync('${file}', '.'); return fs.readFileSync('${file}', 'utf8').length; })(); assert.ok(!(${condition}), 'run ' + n + ' of it');`;
}
