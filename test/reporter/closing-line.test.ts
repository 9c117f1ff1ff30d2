import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closingLine, countOf } from './closing-line.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('the closing line', () => {
  it.each([
    [{ passed: 3, failed: 0, skipped: 0 }, '3 passed, 0 failed'],
    [{ passed: 3, failed: 1, skipped: 2 }, '3 passed, 1 failed, 2 skipped'],
  ])('of %j is "%s"', (counts, line) => {
    expect(closingLine(counts)).toBe(line);
  });

  it('counts a test that never ended as failed', () => {
    expect(countOf(['passed', 'pending', 'skipped'])).toEqual({ passed: 1, failed: 1, skipped: 1 });
  });
});

describe('a run', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jidoka-reporter-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('ends with the line and passes where all tests pass', async () => {
    expect(await runSuite("it('adds', () => { expect(1 + 1).toBe(2); });")).toEqual({ code: 0, lastLine: '1 passed, 0 failed' });
  });

  it('fails where a test fails', async () => {
    expect(await runSuite("it('adds', () => { expect(1 + 1).toBe(3); });")).toEqual({ code: 1, lastLine: '0 passed, 1 failed' });
  });

  it('fails where nothing was tested', async () => {
    expect(await runSuite("it.skip('adds', () => {});")).toEqual({ code: 1, lastLine: '0 passed, 0 failed, 1 skipped' });
  });

  it('fails where a file cannot be loaded', async () => {
    expect(await runSuite("import './missing.ts';")).toEqual({ code: 1, lastLine: '0 passed, 1 failed' });
  });

  it('fails where Node warns', async () => {
    const test =
      "it('warns', async () => { process.emitWarning('old', 'DeprecationWarning'); await new Promise((r) => setImmediate(r)); });";
    expect(await runSuite(test)).toEqual({ code: 1, lastLine: '1 passed, 1 failed' });
  });

  async function runSuite(test: string): Promise<{ code: number; lastLine: string | undefined }> {
    await writeFile(join(folder, 'vitest.config.mjs'), configOf(folder));
    await writeFile(join(folder, 'a.test.mjs'), test);
    return new Promise((done) => {
      const argv = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder];
      execFile(process.execPath, argv, { env: { ...process.env, NO_COLOR: '1' } }, (error, stdout) => {
        done({ code: Number(error?.code ?? 0), lastLine: stdout.trimEnd().split('\n').at(-1) });
      });
    });
  }
});

function configOf(folder: string): string {
  const config = {
    test: {
      globals: true,
      include: ['a.test.mjs'],
      setupFiles: [join(root, 'test/reporter/warnings.ts')],
      server: { deps: { inline: true } },
    },
    server: { fs: { allow: [root, folder] } },
  };
  return `
    import { ClosingLine } from ${JSON.stringify(join(root, 'test/reporter/closing-line.ts'))};
    const config = ${JSON.stringify(config)};
    config.test.reporters = ['default', new ClosingLine()];
    export default config;`;
}
