import { describe, expect, it } from 'vitest';
import { sampleBodies, sampleBundle, sha256 } from '../../../kit/evidence/index.ts';
import type { EventBody } from './event.ts';
import { verifyEvidence } from './verify.ts';

const host = { sha256, decode: (bytes: Uint8Array) => new TextDecoder().decode(bytes) };

function rewritten(path: string, edit: (text: string) => string): Map<string, Uint8Array> {
  const { files } = sampleBundle();
  const before = host.decode(files.get(path) ?? new Uint8Array());
  const after = edit(before);
  expect(after).not.toBe(before);
  return files.set(path, new TextEncoder().encode(after));
}

describe('verifyEvidence', () => {
  it('accepts an intact bundle and names its head', () => {
    const { files, head } = sampleBundle();
    expect(verifyEvidence(files, { head }, host)).toEqual({
      kind: 'intact',
      run: 'deps-ms-2.1.3-00000000',
      verdict: 'PR_READY',
      head,
      events: 6,
      files: 5,
    });
  });

  it.each([
    ['an edited event', 'ledger.jsonl', (text: string) => text.replace('npm ci succeeded', 'npm ci was great'), 'ledger.jsonl line 4'],
    ['a removed event', 'ledger.jsonl', (text: string) => text.split('\n').toSpliced(3, 1).join('\n'), 'ledger.jsonl line 4'],
    ['a truncated chain', 'ledger.jsonl', (text: string) => text.split('\n').slice(0, 4).join('\n'), 'seal.json'],
    ['an edited bundle', 'bundle.json', (text: string) => text.replace('PR_READY', 'NO_OP'), 'bundle.json'],
    ['an edited report', 'REPORT.md', (text: string) => `${text}all is well`, 'REPORT.md'],
    ['an edited log', `logs/${sha256('diff --git a/package.json b/package.json\n')}.patch`, (text: string) => `${text}+1`, 'logs/'],
    ['an edited seal', 'seal.json', (text: string) => text.replace('"bundle":"', '"bundle":"0'), 'seal.json'],
    ['a seal that is no JSON', 'seal.json', () => '{', 'seal.json'],
  ])('names the broken link of %s', (_, path, edit, link) => {
    const result = verifyEvidence(rewritten(path, edit), {}, host);
    expect(result).toMatchObject({ kind: 'broken', link: expect.stringContaining(link) });
  });

  it('names a missing file and a stray one', () => {
    const { files } = sampleBundle();
    files.delete('REPORT.md');
    expect(verifyEvidence(files, {}, host)).toMatchObject({ kind: 'broken', link: 'REPORT.md' });
    const stray = sampleBundle().files.set('logs/extra.txt', new Uint8Array());
    expect(verifyEvidence(stray, {}, host)).toMatchObject({ kind: 'broken', link: 'logs/extra.txt' });
  });

  it('refuses a consistently rewritten bundle whose verdict its facts do not give', () => {
    const lied = sampleBodies.filter((body) => body.type !== 'fact.found');
    expect(verifyEvidence(sampleBundle(lied).files, {}, host)).toMatchObject({ kind: 'broken', link: 'verdict' });
  });

  it('refuses a wholly rewritten bundle by its anchor', () => {
    const { head } = sampleBundle();
    const forged = sampleBundle(sampleBodies.map((body): EventBody => (body.type === 'run.started' ? { ...body, version: '9' } : body)));
    expect(verifyEvidence(forged.files, {}, host).kind).toBe('intact');
    expect(verifyEvidence(forged.files, { head }, host)).toMatchObject({ kind: 'broken', link: 'anchor' });
  });
});
