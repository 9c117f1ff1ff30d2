import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { git, type MadeRepository } from '../../kit/forge/index.ts';
import { filesOfFolder, filesOfRef, fingerprint, refsOf, saying, type Ended } from '../../kit/scenario/index.ts';
import { RunResult } from '../../src/core/ports/factory.ts';
import { packagePath } from '../../src/doors/config.ts';
import { openScene, type Scene } from './scene.ts';

let scene: Scene;
let shop: MadeRepository;
let ready: { readonly before: unknown; readonly after: unknown; readonly ended: Ended; readonly result: RunResult };

beforeAll(async () => {
  scene = await openScene([
    saying('plain', { '1.0.0': 'hello', '1.1.0': 'hello' }),
    saying('other', { '1.0.0': 'other', '1.1.0': 'other' }),
  ]);
  shop = await scene.project({
    dependencies: { plain: '1.0.0', other: '1.0.0', 'not-published': 'file:vendored' },
    expects: { plain: 'hello' },
    files: vendored,
  });
  await writeFile(join(shop.path, 'index.js'), 'exports.total = () => "work in progress";\n');
  await writeFile(join(shop.path, 'notes.txt'), 'mine\n');
  await git(shop.path, 'add', 'notes.txt');
  const before = await fingerprint(shop.path);
  const ended = await scene.jidoka(['run', 'deps', '--package', 'plain', '--json', '--detailed-exitcode'], { cwd: shop.path });
  ready = { before, after: await fingerprint(shop.path), ended, result: RunResult.parse(JSON.parse(ended.stdout)) };
}, 120_000);
afterAll(() => scene.close());

const vendored = { 'vendored/package.json': '{"name":"not-published","version":"1.0.0"}\n' };

describe('a run that ends in PR_READY', () => {
  it('prints one document that the published schema accepts, ends with 0, and says the rest on stderr', async () => {
    const schema: unknown = JSON.parse(await readFile(packagePath('schemas', 'run-result.schema.json'), 'utf8'));
    const document: unknown = JSON.parse(ready.ended.stdout);
    expect(z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]).safeParse(document).success).toBe(true);
    expect(ready.ended.code).toBe(0);
    expect(ready.result).toMatchObject({
      line: 'deps',
      seedKey: 'plain@1.1.0',
      verdict: 'PR_READY',
      branch: 'jidoka/deps/plain@1.1.0',
      withheld: null,
    });
    expect(ready.result.stages.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual([
      'applicability done',
      'baseline done',
      'change done',
      'inspection done',
    ]);
    expect(ready.ended.stderr).toContain('baseline');
  });

  it('leaves work tree, index, HEAD and settings as they were, and warns of changes that are not committed', () => {
    expect(ready.after).toEqual(ready.before);
    expect(ready.ended.stderr).toMatch(/! .*has 2 files with uncommitted changes; the run works on commit [0-9a-f]{12}/);
  });

  it('delivers one commit on the base that moves the dependency and nothing else', async () => {
    const branch = `refs/heads/${ready.result.branch}`;
    expect(await git(shop.path, 'rev-parse', `${branch}^`)).toBe(shop.commit);
    expect((await git(shop.path, 'diff', '--name-only', shop.commit, branch)).split('\n')).toEqual(['package-lock.json', 'package.json']);
    const manifest = JSON.parse(await git(shop.path, 'show', `${branch}:package.json`));
    expect(manifest.dependencies).toEqual({ plain: '1.1.0', other: '1.0.0', 'not-published': 'file:vendored' });
    expect(await git(shop.path, 'log', '-1', '--format=%(trailers)', branch)).toContain(`Jidoka-Evidence: ${ready.result.evidence.head}`);
  });

  it('keeps the same evidence in the folder and under the ref', async () => {
    const { ref, dir } = ready.result.evidence;
    const trimmed = Object.entries(await filesOfFolder(dir)).map(([path, text]) => [path, text.trim()]);
    expect(await filesOfRef(shop.path, ref ?? '')).toEqual(Object.fromEntries(trimmed));
    expect(trimmed.map(([path]) => path)).toEqual(expect.arrayContaining(['bundle.json', 'REPORT.md', 'ledger.jsonl', 'seal.json']));
  });

  it('is reported, not done again, by the same command in another process', async () => {
    const { code, stdout, stderr } = await scene.jidoka(['run', 'deps', '--package', 'plain', '--json'], { cwd: shop.path });
    expect(JSON.parse(stdout)).toEqual(ready.result);
    expect(code).toBe(0);
    expect(stderr).not.toContain('baseline');
  });
});

describe('a dry run', () => {
  it('writes nothing at all to the target and says that it withheld it', async () => {
    const before = [await fingerprint(shop.path), await refsOf(shop.path)];
    const { code, stdout } = await scene.ask(['run', 'deps', '--package', 'other', '--dry-run', '--json', '--repo', shop.path]);
    const result = RunResult.parse(JSON.parse(stdout));
    expect(result).toMatchObject({
      verdict: 'PR_READY',
      branch: null,
      evidence: { ref: null },
      withheld: expect.stringContaining('dry run'),
    });
    expect(code).toBe(0);
    expect([await fingerprint(shop.path), await refsOf(shop.path)]).toEqual(before);
    expect(await verify(result.evidence.dir)).toMatchObject({ kind: 'intact', verdict: 'PR_READY' });
  });
});

describe('exit codes', () => {
  it('is 3 for ESCALATE', async () => {
    const { code, stdout } = await scene.ask(['run', 'deps', '--package', 'not-published', '--json', '--repo', shop.path]);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'ESCALATE', reason: { code: 'source-unsupported' }, branch: null });
    expect(code).toBe(3);
  });

  it('is 75 for RETRYABLE_FAILURE', async () => {
    scene.registry.publish(saying('flaky', { '1.0.0': 'flaky' }));
    const { path } = await scene.project({ dependencies: { flaky: '^1.0.0' } });
    scene.registry.behave('flaky', { kind: 'reset' });
    const line = await scene.write('impatient.yaml', (await lineText()).replaceAll('retries: 2', 'retries: 0'));
    const { code, stdout } = await scene.ask(['run', 'deps', '--package', 'flaky', '--line', line, '--json', '--repo', path]);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'RETRYABLE_FAILURE', reason: { code: 'network' }, branch: null });
    expect(code).toBe(75);
  });
});

describe('evidence verify', () => {
  it('accepts what was delivered, also against its head', async () => {
    const { dir, head } = ready.result.evidence;
    expect(await verify(dir)).toMatchObject({ kind: 'intact', run: ready.result.run, verdict: 'PR_READY', head });
    expect(await verify(dir, '--head', head)).toMatchObject({ kind: 'intact' });
    expect(await verify(dir, '--head', createHash('sha256').update('another').digest('hex'))).toMatchObject({
      kind: 'broken',
      link: 'anchor',
    });
  });

  it.each<[string, string, (text: string) => string | null, RegExp]>([
    ['a verdict in the bundle', 'bundle.json', (text) => text.replaceAll('PR_READY', 'NO_OP'), /^bundle\.json$/],
    ['a sentence in the report', 'REPORT.md', (text) => `${text}All good.\n`, /^REPORT\.md$/],
    ['an event', 'ledger.jsonl', (text) => text.replace('"outcome":"holds"', '"outcome":"unknown"'), /^ledger\.jsonl line \d+$/],
    [
      'the order of events',
      'ledger.jsonl',
      (text) =>
        text
          .split('\n')
          .toSpliced(3, 2, ...text.split('\n').slice(3, 5).toReversed())
          .join('\n'),
      /^ledger\.jsonl line 4$/,
    ],
    ['a removed event', 'ledger.jsonl', (text) => text.split('\n').toSpliced(4, 1).join('\n'), /^ledger\.jsonl line 5$/],
    ['a removed last event', 'ledger.jsonl', (text) => text.trimEnd().split('\n').slice(0, -1).join('\n'), /^seal\.json$/],
    ['a line that is no event', 'ledger.jsonl', (text) => text.replace('\n', '\nnot json\n'), /^ledger\.jsonl line 2$/],
    ['the seal', 'seal.json', (text) => text.replace(/"report": "./, '"report": "x'), /^seal\.json$/],
    ['a missing seal', 'seal.json', () => null, /^seal\.json$/],
    ['a log', 'logs/', (text) => `${text} `, /^logs\/[0-9a-f]{64}\.(txt|json|patch)$/],
    ['a missing log', 'logs/', () => null, /^logs\/[0-9a-f]{64}\.(txt|json|patch)$/],
    ['a file that nothing names', 'logs/extra.txt', () => 'nobody wrote this', /^logs\/extra\.txt$/],
  ])('names %s that was tampered with', async (_, name, edit, link) => {
    const files = await filesOfFolder(ready.result.evidence.dir);
    const path = Object.keys(files).find((each) => each.startsWith(name)) ?? name;
    const edited = edit(files[path] ?? '');
    const { [path]: _replaced, ...others } = files;
    const all = edited === null ? others : { ...others, [path]: edited };
    const folder = `tampered-${createHash('sha256').update(JSON.stringify(all)).digest('hex').slice(0, 8)}`;
    for (const [each, text] of Object.entries(all)) await scene.write(join(folder, each), text);
    const told = await verify(join(scene.folder, 'files', folder));
    expect(told).toMatchObject({ kind: 'broken', link: expect.stringMatching(link) });
  });
});

async function verify(folder: string, ...args: readonly string[]): Promise<{ readonly kind: string }> {
  const { code, stdout } = await scene.ask(['evidence', 'verify', folder, ...args, '--json']);
  const told: { readonly kind: string } = JSON.parse(stdout);
  expect(code).toBe(told.kind === 'intact' ? 0 : 1);
  return told;
}

function lineText(): Promise<string> {
  return readFile(packagePath('lines', 'deps', 'line.yaml'), 'utf8');
}
