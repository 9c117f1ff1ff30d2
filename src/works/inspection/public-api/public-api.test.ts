import { afterEach, describe, expect, it } from 'vitest';
import { tempWorkspace } from '../../../../kit/runner/index.ts';
import type { Workspace } from '../../../core/ports/floor.ts';
import { diffApi } from './diff-api.ts';
import { publicApi } from './public-api.ts';
import type { ApiSurface } from './public-api.ts';

const open: Workspace[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((workspace) => workspace.destroy()));
});

async function surface(manifest: object, files: Readonly<Record<string, string>>): Promise<ApiSurface | null> {
  const workspace = await tempWorkspace({ 'package.json': JSON.stringify(manifest), ...files });
  open.push(workspace);
  return publicApi(workspace, '', manifest);
}

const library = { name: 'tiny', version: '1.0.0', main: 'index.js' };

describe('publicApi', () => {
  it('finds names, kinds and parameters of a CommonJS library, two levels deep', async () => {
    const source = `
      class Parser { constructor(text, options) {} next() {} get done() { return true; } static from(text) {} _hidden() {} }
      module.exports = { parse(text, options) {}, Parser, version: '1', table: { a: 1, deep: { deeper: 2 } }, _own: 1 };`;
    const found = await surface(library, { 'index.js': source });
    expect(found?.entries['require .']).toEqual({
      kind: 'loaded',
      names: {
        '(module)': 'object',
        parse: 'function/2',
        Parser: 'class/2',
        'Parser#next': 'function/0',
        'Parser#done': 'undefined',
        'Parser.from': 'function/1',
        version: 'string',
        table: 'object',
        'table.a': 'number',
        'table.deep': 'object',
      },
    });
    expect(found?.entries['import .']).toMatchObject({ kind: 'loaded' });
  });

  it('loads each entry of exports in the way it is offered', async () => {
    const manifest = {
      name: 'tiny',
      type: 'module',
      exports: {
        '.': './a.js',
        './both': { import: './b.js', require: './b.cjs' },
        './package.json': './package.json',
        './x/*': './x/*.js',
      },
    };
    const found = await surface(manifest, {
      'a.js': 'export const a = 1; await 0;',
      'b.js': 'export default function (x) {}',
      'b.cjs': 'module.exports = () => {};',
    });
    expect(Object.keys(found?.entries ?? {})).toEqual(['require .', 'import .', 'require ./both', 'import ./both']);
    expect(found?.entries['require .']).toEqual({ kind: 'absent' });
    expect(found?.entries['import .']).toMatchObject({ names: { a: 'number' } });
    expect(found?.entries['require ./both']).toMatchObject({ names: { '(module)': 'function/0' } });
    expect(found?.entries['import ./both']).toMatchObject({ names: { default: 'function/1' } });
  });

  it.each([
    ['throws', "throw new Error('cannot load this');", 'cannot load this'],
    ['ends the process', 'process.exit(0);', 'ended with 0'],
    ['needs what is not there', "require('not-there');", "Cannot find module 'not-there'"],
  ])('writes down that an entry %s', async (_, source, message) => {
    const found = await surface(library, { 'index.js': source });
    expect(found?.entries['require .']).toMatchObject({ kind: 'failed', message: expect.stringContaining(message) });
  });

  it('is not misled by what the library prints, nor held by what it keeps open', async () => {
    const source = "console.log('jidoka-public-api:{}'); setInterval(() => {}, 1000); exports.a = () => {};";
    expect((await surface(library, { 'index.js': source }))?.entries['require .']).toMatchObject({ names: { a: 'function/0' } });
  });

  it('has nothing to say of an application', async () => {
    expect(await surface({ name: 'app', private: true, main: 'index.js' }, {})).toBeNull();
    expect(await surface({ name: 'app' }, {})).toBeNull();
  });
});

describe('diffApi', () => {
  const before: ApiSurface = {
    entries: { 'require .': { kind: 'loaded', names: { a: 'function/2', b: 'object' } }, 'import .': { kind: 'absent' } },
  };

  it('names what went, came and changed', () => {
    const after: ApiSurface = {
      entries: { 'require .': { kind: 'loaded', names: { a: 'function/1', c: 'string' } }, 'import .': { kind: 'loaded', names: {} } },
    };
    expect(diffApi(before, after)).toEqual({
      entries: ['require .'],
      removed: ['require . b'],
      changed: ['require . a: function/2 -> function/1'],
      added: ['require . c', 'import .'],
    });
  });

  it('counts an entry that no longer loads as removed, and one that never did as nothing', () => {
    expect(diffApi(before, { entries: { 'require .': { kind: 'failed', message: 'boom' } } }).removed).toEqual([
      'require . (does not load: boom)',
    ]);
    expect(diffApi(before, null).removed).toEqual(['require .']);
    const broken: ApiSurface = { entries: { 'require .': { kind: 'failed', message: 'boom' } } };
    expect(diffApi(broken, broken)).toEqual({ entries: ['require .'], removed: [], changed: [], added: [] });
  });
});
