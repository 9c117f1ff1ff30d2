import { describe, expect, it } from 'vitest';
import { catalogue } from './catalogue/index.ts';
import { pinOf } from './spec.ts';

describe('what is asked to be installed', () => {
  it.each(['codex@0.169.0', 'codex@v0.169.0', ' codex@0.169.0 '])('is taken at its word where %j names one version', (spec) => {
    expect(pinOf(spec, catalogue)).toMatchObject({ record: { name: 'codex' }, version: '0.169.0', note: '' });
  });

  it('may be a version that was never tried, also one before a release', () => {
    expect(pinOf('codex@0.170.0-alpha.3', catalogue).version).toBe('0.170.0-alpha.3');
  });

  it.each(['codex', 'codex@', 'codex@latest', 'codex@^0.169.0', 'codex@0.169', 'codex@*'])(
    'is the recommended one for %j, and that is said',
    (spec) => {
      const { version, note } = pinOf(spec, catalogue);
      expect(version).toBe('0.169.0');
      expect(note).toContain('0.169.0');
    },
  );

  it('is refused where a range leaves out the version that was tried', () => {
    expect(() => pinOf('codex@^1.0.0', catalogue)).toThrow(
      expect.objectContaining({ code: 'version-invalid', mend: expect.stringContaining('codex@0.169.0') }),
    );
  });

  it.each([
    ['claude', 'claude-code'],
    ['claud-code', 'claude-code'],
    ['@openai/codex@0.169.0', 'codex'],
    ['gemini-cli@0.61.0', null],
    ['opencode-ai', 'opencode'],
    ['', null],
    [`${'x'.repeat(10_000)}`, null],
  ])('under the unknown name %.40j leads to %j', (spec, meant) => {
    const mend = expect.stringContaining(meant === null ? 'There are: claude-code' : `Did you mean ${meant}?`);
    expect(() => pinOf(spec, catalogue)).toThrow(expect.objectContaining({ code: 'agent-unknown', mend }));
  });
});

describe('the catalogue', () => {
  it('names every agent and every package once', () => {
    for (const key of ['name', 'package', 'program'] as const) {
      const all = catalogue.map((record) => record[key]);
      expect(new Set(all).size, key).toBe(all.length);
    }
  });

  it('pins each to one exact version, by a name that fits into a path', () => {
    for (const { name, recommended } of catalogue) {
      expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
      expect(pinOf(`${name}@${recommended}`, catalogue).note).toBe('');
    }
  });

  it('has the adapter that an agent names, for that agent', () => {
    const named = catalogue.flatMap(({ name, acp }) => (acp.kind === 'adapter' ? [[acp.name, name]] : []));
    const there = catalogue.flatMap(({ name, adapterOf }) => (adapterOf === null ? [] : [[name, adapterOf]]));
    expect(named.length).toBeGreaterThan(0);
    expect(there).toEqual(named);
  });

  it('asks a login of every agent, and of no adapter', () => {
    expect(catalogue.filter(({ login, adapterOf }) => (login === null) !== (adapterOf !== null))).toEqual([]);
  });
});
