import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesOfFolder, saying, type ProjectShape } from '../../kit/scenario/index.ts';
import type { RunResult } from '../../src/core/ports/factory.ts';
import { packagePath } from '../../src/doors/config.ts';
import { readResult } from './read-result.ts';
import { openScene, type Scene } from './scene.ts';

let scene: Scene;
let impatient: string;
beforeAll(async () => {
  scene = await openScene([saying('plain', { '1.0.0': 'go', '1.1.0': 'stop' })]);
  const text = await readFile(packagePath('lines', 'deps', 'line.yaml'), 'utf8');
  impatient = await scene.write('impatient.yaml', text.replaceAll('timeout: 5m', 'timeout: 6s'));
});
afterAll(() => scene.close());

const hang = 'setInterval(() => {}, 1000);\nawait new Promise(() => {});';
const test = (title: string, body: string): string =>
  `import test from 'node:test';\nimport { createRequire } from 'node:module';\nconst { says } = createRequire(import.meta.url)('plain');\ntest('${title}', async () => {\n${body}\n});\n`;

describe('a suite that hangs', () => {
  it('before any change, as a whole, is for a person, and the limit is named', async () => {
    const { result, report } = await update({ files: { 'test/shop.test.js': '', 'test/hangs.test.mjs': test('never ends', hang) } });
    expect(result, JSON.stringify(result)).toMatchObject({ verdict: 'ESCALATE', branch: null });
    expect(`${result.reason.code} ${result.reason.message}`).toMatch(/weak-baseline .*hung.* ended at its limit of 6 s/);
    expect(report).toContain('6 s');
  });

  it('before any change, in one file, does not hide what the other files say', async () => {
    const { result, report } = await update({ files: { 'test/zz-hangs.test.mjs': test('never ends', hang) } });
    expect(result, JSON.stringify(result)).toMatchObject({ verdict: 'PR_READY' });
    expect(report).toContain('2 of the runs hung');
  });

  it('only after the change is for a person, with the test that hangs', async () => {
    const { result } = await update({ files: { 'test/hangs.test.mjs': test('goes on', `if (says === 'stop') {\n${hang}\n}`) } });
    expect(result, JSON.stringify(result)).toMatchObject({
      verdict: 'ESCALATE',
      reason: { code: 'tests-regressed', message: expect.stringMatching(/hangs\.test\.mjs.*timeout/) },
      branch: null,
    });
  });
});

async function update(shape: ProjectShape): Promise<{ readonly result: RunResult; readonly report: string }> {
  const { path } = await scene.project({ dependencies: { plain: '1.0.0' }, ...shape });
  const ended = await scene.ask(['run', 'deps', '--package', 'plain', '--line', impatient, '--json', '--repo', path]);
  const result = readResult(ended);
  return { result, report: (await filesOfFolder(result.evidence.dir))['REPORT.md'] ?? '' };
}
